import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { Button, Keys } from "@/ui";
import { useEditor } from "../editor";
import { addNodes, newEdge, newNode } from "../model/edits";
import { t } from "../texts";
import { useCanvas } from "./useCanvas";

/** What a newcomer sees first: what to do, and a way to have something on the canvas at once. */
export function EmptyCanvas() {
  const { graph, rules, selection, workflow } = useEditor();
  const canvas = useCanvas();
  const deployment = rules.template("deployment");
  const service = rules.template("service");
  if (!deployment) return null;

  function start(withService: boolean): void {
    const centre = canvas.centre();
    if (!deployment) return;
    const first = newNode(graph.getState().graph, deployment, {
      x: centre.x - (withService ? -40 : 116),
      y: centre.y - 40,
    });
    first.data = { ...first.data, image: "nginx:1.27", ports: [{ port: 80 }] };
    if (!withService || !service) {
      graph.getState().edit((before) => addNodes(before, [first]));
    } else {
      const second = newNode(graph.getState().graph, service, { x: centre.x - 320, y: centre.y - 40 });
      second.data = { ...second.data, name: first.data.name ?? "app" };
      graph.getState().edit((before) => addNodes(before, [second, first], [newEdge(second.id, first.id)]));
    }
    selection.getState().select([first.id]);
  }

  return (
    <div className="pointer-events-none absolute inset-0 grid place-items-center">
      <div className="pointer-events-auto flex max-w-md animate-fade-in flex-col items-center text-center">
        <h2 className="text-lg font-semibold">{t.empty.title}</h2>
        <p className="mt-1 text-sm text-pretty text-ink-2">{t.empty.text}</p>
        <div className="mt-4 flex flex-wrap justify-center gap-2">
          <Button variant="primary" onClick={() => start(false)}>
            <Plus />
            {t.empty.start}
          </Button>
          {service && <Button onClick={() => start(true)}>{t.empty.startAll}</Button>}
        </div>
        <p className="mt-3 text-sm text-ink-2">
          {t.empty.or}{" "}
          <Link to="/templates" className="text-accent-ink underline underline-offset-2 hover:text-ink">
            {t.empty.template}
          </Link>
          {", "}
          <Link
            to="/import"
            search={{ into: workflow.id }}
            className="text-accent-ink underline underline-offset-2 hover:text-ink"
          >
            {t.empty.import}
          </Link>
        </p>
        <span className="mt-5 flex items-center gap-1.5 text-xs text-ink-3">
          <Keys keys={["/"]} /> {t.keys.add} <span className="mx-1">·</span> <Keys keys={["?"]} />{" "}
          {t.keys.title}
        </span>
      </div>
    </div>
  );
}
