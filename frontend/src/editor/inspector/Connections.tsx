import { ArrowLeft, ArrowRight } from "lucide-react";
import { useEditor, useFlow } from "../editor";
import type { FlowEdge } from "../model/flow";
import { t } from "../texts";

/** The lines of a node, in words: each leads to its settings. */
export function Connections({ nodeId }: { nodeId: string }) {
  const { commands, rules, graph, selection } = useEditor();
  const edges = useFlow((state) => state.edges);
  const own = edges.filter((edge) => edge.source === nodeId || edge.target === nodeId);
  const type = graph.getState().graph.nodes.find((node) => node.id === nodeId)?.type ?? "";
  if (!rules.hasEnd(type)) return null;
  return (
    <section className="px-4 py-3">
      <h3 className="text-xs font-semibold text-ink-2">{t.inspector.connections}</h3>
      {own.length === 0 && <p className="mt-1 text-2xs text-ink-3">{t.inspector.noConnections}</p>}
      <ul className="-mx-1.5 mt-1 flex flex-col">
        {own.map((edge) => (
          <li key={edge.id}>
            <button
              type="button"
              className="flex w-full items-center gap-2 rounded-md px-1.5 py-1 text-left text-xs hover:bg-hover"
              onClick={() => selection.getState().select([], [edge.id])}
            >
              {edge.source === nodeId ? (
                <ArrowRight aria-hidden className="size-3.5 shrink-0 text-ink-3" />
              ) : (
                <ArrowLeft aria-hidden className="size-3.5 shrink-0 text-ink-3" />
              )}
              <span className="truncate">{commands.nameOf(other(edge, nodeId))}</span>
              <span className="ml-auto max-w-40 shrink-0 truncate text-2xs text-ink-3">
                {edge.data?.label}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const other = (edge: FlowEdge, nodeId: string) => (edge.source === nodeId ? edge.target : edge.source);
