/** A run that waits for its images, over the picture: how far they are, until it begins or cannot. */
import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { Square, X } from "lucide-react";
import { useEffect } from "react";
import { buildQuery, buildsKey, isUnderWay, useCancelBuild } from "@/data/builds";
import { Button, IconButton, StatusDot } from "@/ui";
import { useEditor, useView } from "../editor";
import { t } from "../texts";
import { BuildLine } from "./BuildPart";
import { getAwaited } from "./calls";
import { followBuilt } from "./follow";
import { usedBuilds } from "./graph";

const words = t.building;
const OFTEN = 1_000;

export function AwaitedCard() {
  const id = useView((state) => state.awaitedId);
  return id && <Card key={id} id={id} />;
}

function Card({ id }: { id: string }) {
  const editor = useEditor();
  const { graph, view, workflow } = editor;
  const client = useQueryClient();
  const awaited = useQuery({
    queryKey: ["editor", "awaited", workflow.id, id],
    queryFn: () => getAwaited(workflow.id, id),
    refetchInterval: ({ state }) => (state.data && state.data.status !== "building" ? false : OFTEN),
  }).data;
  const builds = useQueries({
    queries: (awaited?.builds ?? []).map((build) => ({
      ...buildQuery(build),
      refetchInterval: awaited?.status === "building" ? OFTEN : (false as const),
    })),
    combine: (found) => found.flatMap(({ data }) => data ?? []),
  });
  const cancel = useCancelBuild();
  const status = awaited?.status;
  const runId = awaited?.run_id;
  useEffect(() => {
    if (status === undefined || status === "building") return;
    void client.invalidateQueries({ queryKey: buildsKey });
    const follow = async () => {
      for (const { id: nodeId } of usedBuilds(graph.getState().graph)) {
        await followBuilt(editor, nodeId).catch(() => false);
      }
    };
    void follow();
    if (runId) view.setState({ awaitedId: null, drawer: "run", targetId: null });
  }, [status, runId, client, editor, graph, view]);
  if (!awaited) return null;
  const left = awaited.builds.length - builds.filter((build) => build.status === "succeeded").length;
  const isOver = awaited.status === "failed";
  return (
    <section
      aria-label={words.awaited}
      data-testid="awaited-run"
      className="pointer-events-auto w-105 max-w-[92%] animate-rise-in overflow-hidden rounded-xl border border-line bg-raised shadow-md"
    >
      <div className="flex items-start gap-2.5 py-1.5 pr-1.5 pl-3">
        <StatusDot tone={isOver ? "bad" : "info"} isLive={!isOver} className="mt-1.5" />
        <div role="status" className="min-w-0 flex-1 text-sm">
          <span className="font-medium">{isOver ? words.failed : words.waiting(left)}</span>
          {awaited.error && (
            <span className="line-clamp-3 text-xs text-pretty text-bad-ink">{awaited.error}</span>
          )}
        </div>
        {isOver ? (
          <IconButton
            size="sm"
            label={words.dismiss}
            hideTooltip
            onClick={() => view.setState({ awaitedId: null })}
          >
            <X />
          </IconButton>
        ) : (
          <Button
            size="sm"
            variant="ghost"
            aria-label={words.cancel}
            isBusy={cancel.isPending}
            onClick={() => {
              for (const build of builds) if (isUnderWay(build)) cancel.mutate(build);
            }}
          >
            <Square className="fill-current" />
            {words.cancelShort}
          </Button>
        )}
      </div>
      <ul className="border-t border-line px-1 py-1">
        {builds.map((build) => (
          <li key={build.id}>
            <BuildLine build={build} isNamed />
          </li>
        ))}
      </ul>
    </section>
  );
}
