/** When the settings open beside the canvas, what was selected must not vanish behind its new edge. */

import { useReactFlow, useStore } from "@xyflow/react";
import { useEffect } from "react";
import { useEditor, useSelection } from "../editor";
import { BOX_HEIGHT, BOX_WIDTH } from "../model/flow";

const MARGIN = 32;

export function useKeepInSight(): void {
  const { flow } = useEditor();
  const view = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const nodeIds = useSelection((state) => state.nodeIds);
  useEffect(() => {
    const [id] = nodeIds;
    if (nodeIds.size !== 1 || !id || width === 0) return;
    const box = view.getInternalNode(id);
    // What is being dragged is where the pointer is.
    if (!box || flow.getState().nodes.find((node) => node.id === id)?.dragging) return;
    const { x, y, zoom } = view.getViewport();
    const left = box.internals.positionAbsolute.x * zoom + x;
    const top = box.internals.positionAbsolute.y * zoom + y;
    const dx = shift(left, (box.measured.width ?? BOX_WIDTH) * zoom, width);
    const dy = shift(top, (box.measured.height ?? BOX_HEIGHT) * zoom, height);
    if (dx !== 0 || dy !== 0) void view.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: 220 });
  }, [nodeIds, width, height, view, flow]);
}

/** How far to move so that a stretch lies within the window; nothing when it is larger than that. */
function shift(start: number, length: number, window: number): number {
  if (length + 2 * MARGIN > window) return 0;
  if (start < MARGIN) return MARGIN - start;
  const over = start + length + MARGIN - window;
  return over > 0 ? -over : 0;
}
