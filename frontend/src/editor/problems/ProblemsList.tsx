import { CircleAlert, CircleCheck, Hammer, TriangleAlert } from "lucide-react";
import { Button } from "@/ui";
import { useCanvas } from "../canvas/useCanvas";
import { useEditor, useSaving } from "../editor";
import type { Problem } from "../model/types";
import { t } from "../texts";

/** No fault of the drawing: whoever runs it lets it be built first. */
const NOT_BUILT = "image_not_built";

/** Everything that is wrong, in sentences; a click goes to the place. */
export function ProblemsList() {
  const problems = useSaving((state) => state.problems.all);
  if (problems.length === 0) {
    return (
      <div className="flex flex-col items-center gap-1 py-8 text-center text-sm text-ink-2">
        <CircleCheck aria-hidden className="size-5 text-ok" />
        {t.problems.none}
        <span className="text-xs text-ink-3">{t.problems.noneHint}</span>
      </div>
    );
  }
  return <ProblemRows problems={problems} />;
}

export function ProblemRows({ problems, onGo }: { problems: readonly Problem[]; onGo?: () => void }) {
  const { commands, graph, view, workflow } = useEditor();
  const canvas = useCanvas();
  function go(problem: Problem): void {
    const edge = graph.getState().graph.edges.find((each) => each.id === problem.edge_id);
    commands.goTo(problem.node_id, edge ? edge.id : null, problem.field);
    canvas.show(edge ? [edge.source, edge.target] : problem.node_id ? [problem.node_id] : []);
    onGo?.();
  }
  return (
    <ul className="flex flex-col py-1" data-testid="problems">
      {problems.map((problem) => {
        const isError = problem.severity === "error";
        const Icon = isError ? CircleAlert : TriangleAlert;
        return (
          <li
            key={`${problem.node_id} ${problem.edge_id} ${problem.field} ${problem.code} ${problem.message}`}
            className="flex items-start gap-2"
          >
            <button
              type="button"
              className="flex w-full items-start gap-2.5 rounded-md px-3 py-1.5 text-left text-sm hover:bg-hover"
              onClick={() => go(problem)}
            >
              <Icon
                aria-hidden
                className={isError ? "mt-0.5 size-4 shrink-0 text-bad" : "mt-0.5 size-4 shrink-0 text-warn"}
              />
              <span className="min-w-0 text-pretty">{problem.message}</span>
            </button>
            {problem.code === NOT_BUILT && !isError && workflow.role !== "viewer" && (
              <Button
                size="sm"
                className="mt-1 mr-2 shrink-0"
                onClick={() => view.setState({ isRunOpen: true, isPlanOnly: false })}
              >
                <Hammer />
                {t.building.buildAndRun}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
