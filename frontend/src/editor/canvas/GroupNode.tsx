/** A frame around nodes that belong together; folded, it is one box that tells how its worst node fares. */

import { Handle, type NodeProps, NodeResizer, Position } from "@xyflow/react";
import { ChevronDown, ChevronRight } from "lucide-react";
import { memo } from "react";
import { cn, StatusDot } from "@/ui";
import { useEditor, useGraph, useLive } from "../editor";
import type { FlowNode } from "../model/flow";
import { isFolded } from "../model/groups";
import { nodeName } from "../model/names";
import type { NodeState } from "../model/types";
import { t } from "../texts";
import { isBusy, STATE_TONES } from "./tones";

/** The one that needs a person most comes first. */
const WORST: readonly NodeState[] = [
  "failed",
  "degraded",
  "waiting",
  "applying",
  "pending",
  "healthy",
  "deleted",
];

function useWorstState(frameId: string, isAsked: boolean): NodeState | null {
  const { graph } = useEditor();
  return useLive((live) => {
    if (!isAsked) return null;
    const states = new Set<NodeState | undefined>();
    for (const node of graph.getState().graph.nodes) {
      if (node.parentId === frameId) states.add(live.nodes[node.id]?.state);
    }
    return WORST.find((state) => states.has(state)) ?? null;
  });
}

function GroupNodeView({ id, data, selected }: NodeProps<FlowNode>) {
  const { commands } = useEditor();
  const folded = isFolded(data.node);
  const label = typeof data.node.data.label === "string" ? data.node.data.label : "";
  const name = label || nodeName(data.node) || t.node.frame;
  const count = useGraph((state) => state.graph.nodes.filter((node) => node.parentId === id).length);
  const worst = useWorstState(id, folded);
  const Icon = folded ? ChevronRight : ChevronDown;
  return (
    <div
      data-testid="node"
      data-type="group"
      data-name={name}
      className={cn(
        "sc-frame size-full rounded-xl border border-dashed border-line-strong bg-hover",
        folded && "border-solid bg-surface shadow-sm",
        selected && "border-accent border-solid",
      )}
    >
      <NodeResizer
        isVisible={selected && !folded}
        minWidth={200}
        minHeight={120}
        lineClassName="!border-transparent"
      />
      <Ends />
      <div className="flex items-center gap-1.5 px-2 py-1.5">
        <button
          type="button"
          aria-expanded={!folded}
          aria-label={folded ? t.node.unfold(name) : t.node.fold(name)}
          title={folded ? t.menu.unfold : t.menu.fold}
          className="nodrag grid size-6 shrink-0 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink"
          onClick={() => commands.fold([id])}
        >
          <Icon className="size-4" />
        </button>
        <span
          className={cn(
            "sc-name truncate text-xs font-medium text-ink-2",
            folded && "text-sm font-semibold text-ink",
          )}
        >
          {name}
        </span>
      </div>
      {folded && (
        <div className="flex items-center gap-2 px-3.5 text-2xs text-ink-3">
          {t.node.inside(count)}
          {worst && (
            <span className="flex items-center gap-1.5 font-medium text-ink-2">
              <StatusDot tone={STATE_TONES[worst]} isLive={isBusy(worst)} />
              {t.states[worst]}
            </span>
          )}
        </div>
      )}
    </div>
  );
}

/** Where the lines of a folded frame end; nobody draws one here. */
function Ends() {
  const rest = {
    isConnectable: false,
    className: "sc-handle is-useless !opacity-0",
    style: { top: 28 },
  } as const;
  return (
    <>
      <Handle id="target" type="target" position={Position.Left} {...rest} />
      <Handle id="source" type="source" position={Position.Right} {...rest} />
    </>
  );
}

export const GroupNode = memo(GroupNodeView);
