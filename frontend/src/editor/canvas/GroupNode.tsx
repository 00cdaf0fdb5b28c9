/** A frame around nodes that belong together. */

import { type NodeProps, NodeResizer } from "@xyflow/react";
import { memo } from "react";
import { cn } from "@/ui";
import type { FlowNode } from "../model/flow";
import { nodeName } from "../model/names";
import { t } from "../texts";

function GroupNodeView({ data, selected }: NodeProps<FlowNode>) {
  const label = typeof data.node.data.label === "string" ? data.node.data.label : "";
  return (
    <div
      data-testid="node"
      data-type="group"
      className={cn(
        "size-full rounded-xl border border-dashed border-line-strong bg-hover",
        selected && "border-accent border-solid",
      )}
    >
      <NodeResizer isVisible={selected} minWidth={200} minHeight={120} lineClassName="!border-transparent" />
      <div className="px-3 py-2 text-xs font-medium text-ink-2">
        {label || nodeName(data.node) || t.node.frame}
      </div>
    </div>
  );
}

export const GroupNode = memo(GroupNodeView);
