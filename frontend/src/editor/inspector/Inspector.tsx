/** What is selected, at the right: its settings, its fate and its connections. */

import { Copy, Trash2, X } from "lucide-react";
import { cn, IconButton } from "@/ui";
import { useCanvas } from "../canvas/useCanvas";
import { useEditor, useGraph, useSelection, useView } from "../editor";
import { isForEye } from "../model/flow";
import type { GraphEdge, GraphNode } from "../model/types";
import { t } from "../texts";
import { ArrangePanel } from "./ArrangePanel";
import { EdgePanel } from "./EdgePanel";
import { NodePanel } from "./NodePanel";

export function Inspector() {
  const nodeIds = useSelection((state) => state.nodeIds);
  const edgeIds = useSelection((state) => state.edgeIds);
  const count = nodeIds.size + edgeIds.size;
  const [nodeId] = nodeIds;
  const [edgeId] = edgeIds;
  const node = useGraph((state) =>
    count === 1 && nodeId ? state.graph.nodes.find((each) => each.id === nodeId) : undefined,
  );
  const edge = useGraph((state) =>
    count === 1 && edgeId ? state.graph.edges.find((each) => each.id === edgeId) : undefined,
  );
  const isBoth = useView((state) => state.nodeTab === "both");
  const isWide = isBoth && node !== undefined && !isForEye(node);
  const isHeld = useView((state) => state.isInspectorHeld);
  if (isHeld || count === 0 || (count === 1 && !node && !edge)) return null;
  return (
    <aside
      aria-label={t.inspector.label}
      data-testid="inspector"
      className={cn(
        "relative z-10 flex w-92 shrink-0 animate-fade-in flex-col border-l border-line bg-surface max-lg:absolute max-lg:inset-y-0 max-lg:right-0 max-lg:w-full max-lg:max-w-92 max-lg:shadow-lg",
        // On a narrow screen the picture goes on behind it.
        isWide && "lg:w-184 max-xl:absolute max-xl:inset-y-0 max-xl:right-0 max-xl:shadow-lg",
      )}
    >
      <Content node={node} edge={edge} count={count} nodeCount={nodeIds.size} />
    </aside>
  );
}

function Content({
  node,
  edge,
  count,
  nodeCount,
}: {
  node: GraphNode | undefined;
  edge: GraphEdge | undefined;
  count: number;
  nodeCount: number;
}) {
  if (node) return <NodePanel key={node.id} node={node} />;
  if (edge) return <EdgePanel key={edge.id} edge={edge} />;
  return (
    <>
      <div className="flex items-center gap-2 px-4 py-3">
        <h2 className="flex-1 text-sm font-semibold">{t.inspector.several(nodeCount, count - nodeCount)}</h2>
        <PanelActions canDuplicate />
      </div>
      <ArrangePanel count={count} />
    </>
  );
}

export function PanelActions({ canDuplicate }: { canDuplicate: boolean }) {
  const { commands, selection } = useEditor();
  const canvas = useCanvas();
  // The pressed button goes with its panel; the focus must not.
  const leave = (act: () => void) => {
    const [id] = selection.getState().nodeIds;
    act();
    setTimeout(() => canvas.focus(id));
  };
  return (
    <div className="flex shrink-0 items-center">
      {canDuplicate && (
        <IconButton size="sm" label={t.inspector.duplicate} keys={["mod", "d"]} onClick={commands.duplicate}>
          <Copy />
        </IconButton>
      )}
      <IconButton
        size="sm"
        label={t.inspector.delete}
        keys={["delete"]}
        onClick={() => leave(commands.removeSelected)}
      >
        <Trash2 />
      </IconButton>
      <IconButton
        size="sm"
        label={t.inspector.close}
        keys={["escape"]}
        onClick={() => leave(() => selection.getState().select([]))}
      >
        <X />
      </IconButton>
    </div>
  );
}
