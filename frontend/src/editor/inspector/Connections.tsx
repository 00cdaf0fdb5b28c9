import { ArrowLeft, ArrowRight, Plus } from "lucide-react";
import { Button, Menu, type MenuItem } from "@/ui";
import { useEditor, useFlow } from "../editor";
import type { FlowEdge } from "../model/flow";
import type { GraphNode } from "../model/types";
import { t } from "../texts";

/** The lines of a node, in words: each leads to its settings. New ones can be drawn here without a pointer. */
export function Connections({ node }: { node: GraphNode }) {
  const { commands, rules, selection } = useEditor();
  const edges = useFlow((state) => state.edges);
  const own = edges.filter((edge) => edge.source === node.id || edge.target === node.id);
  if (!rules.hasEnd(node.type)) return null;
  return (
    <section className="px-4 py-3" aria-label={t.inspector.connections}>
      <div className="flex items-center justify-between">
        <h3 className="text-xs font-semibold text-ink-2">{t.inspector.connections}</h3>
        <ConnectMenu node={node} />
      </div>
      {own.length === 0 && <p className="mt-1 text-2xs text-ink-3">{t.inspector.noConnections}</p>}
      <ul className="-mx-1.5 mt-1 flex flex-col">
        {own.map((edge) => (
          <li key={edge.id}>
            <button
              type="button"
              className="flex w-full items-center gap-2 rounded-md px-1.5 py-1 text-left text-xs hover:bg-hover"
              onClick={() => selection.getState().select([], [edge.id])}
            >
              <Direction isOut={edge.source === node.id} />
              <span className="truncate">{commands.nameOf(other(edge, node.id))}</span>
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

function Direction({ isOut }: { isOut: boolean }) {
  const Icon = isOut ? ArrowRight : ArrowLeft;
  return <Icon aria-hidden className="size-3.5 shrink-0 text-ink-3" />;
}

function ConnectMenu({ node }: { node: GraphNode }) {
  const { graph, rules, commands } = useEditor();
  const nodes = useFlow((state) => state.nodes);
  const items: MenuItem[] = [];
  for (const { id, data } of nodes) {
    if (id === node.id) continue;
    for (const end of ["source", "target"] as const) {
      const [from, to] = end === "source" ? [node.type, data.node.type] : [data.node.type, node.type];
      const connection = rules.connection(from, to);
      if (!connection) continue;
      const isOut = end === "source";
      const name = commands.nameOf(id);
      items.push({
        id: `${id} ${end}`,
        label: isOut ? `${connection.title} ${name}` : `${name} ${connection.title} ${t.inspector.this}`,
        icon: <Direction isOut={isOut} />,
        onSelect: () => commands.connect({ nodeId: node.id, type: node.type, end }, id),
      });
    }
  }
  if (graph.getState().graph.nodes.length < 2 || items.length === 0) return null;
  return (
    <Menu
      className="max-h-80 overflow-y-auto"
      trigger={
        <Button size="sm" variant="ghost" className="-mr-1.5 h-6 px-1.5" aria-label={t.inspector.connectTo}>
          <Plus />
          {t.inspector.connect}
        </Button>
      }
      items={items}
    />
  );
}
