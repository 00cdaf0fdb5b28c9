/** When the settings open beside the canvas, what was selected must not vanish behind its new edge. */

import { type InternalNode, useReactFlow, useStore } from "@xyflow/react";
import { type RefObject, useEffect, useRef } from "react";
import { useEditor, useGraph, useSelection } from "../editor";
import { BOX_HEIGHT, BOX_WIDTH } from "../model/flow";
import { WHOLE } from "./useCanvas";

const MARGIN = 32;
/** What no id has in it. */
const BETWEEN = "\0";
const TOUCHES = ["pointerdown", "wheel", "keydown"] as const;

export function useKeepInSight(): void {
  const { flow } = useEditor();
  const view = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const chosen = useChosen();
  const isTouched = useTouched();
  const size = useRef("");
  useEffect(() => {
    if (width === 0) return;
    // At its first size the canvas fits by itself.
    const isResized = size.current !== "" && size.current !== `${width}x${height}`;
    size.current = `${width}x${height}`;
    // Panels may still be finding their places: until one has done something, all of it is shown.
    if (!isTouched.current) {
      if (isResized) void view.fitView(WHOLE);
      return;
    }
    const boxes = chosen.split(BETWEEN).flatMap((id) => view.getInternalNode(id) ?? []);
    // What is being dragged is where the pointer is.
    if (boxes.length === 0 || flow.getState().nodes.some((node) => node.dragging)) return;
    const { x, y, zoom } = view.getViewport();
    const [left, right] = stretch(boxes, "x");
    const [top, bottom] = stretch(boxes, "y");
    const dx = shift(left * zoom + x, (right - left) * zoom, width);
    const dy = shift(top * zoom + y, (bottom - top) * zoom, height);
    if (dx !== 0 || dy !== 0) void view.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: 220 });
  }, [chosen, width, height, view, flow, isTouched]);
}

/** The box that is selected, or the two at the ends of a line, as one text: a list would be new at each look. */
function useChosen(): string {
  const nodeIds = useSelection((state) => state.nodeIds);
  const edgeIds = useSelection((state) => state.edgeIds);
  const [nodeId] = nodeIds;
  const [edgeId] = edgeIds;
  const ends = useGraph((state) => {
    const edge = edgeId ? state.graph.edges.find((each) => each.id === edgeId) : undefined;
    return edge ? edge.source + BETWEEN + edge.target : "";
  });
  if (nodeIds.size + edgeIds.size !== 1) return "";
  return nodeId ?? ends;
}

/** Whether anything was pressed or turned since the picture was opened. */
function useTouched(): RefObject<boolean> {
  const isTouched = useRef(false);
  useEffect(() => {
    const touch = () => {
      isTouched.current = true;
    };
    const options = { capture: true, passive: true, once: true };
    for (const name of TOUCHES) window.addEventListener(name, touch, options);
    return () => {
      for (const name of TOUCHES) window.removeEventListener(name, touch, options);
    };
  }, []);
  return isTouched;
}

function stretch(boxes: readonly InternalNode[], axis: "x" | "y"): [number, number] {
  const starts = boxes.map((box) => box.internals.positionAbsolute[axis]);
  const ends = boxes.map((box, index) => (starts[index] ?? 0) + sizeOf(box, axis));
  return [Math.min(...starts), Math.max(...ends)];
}

function sizeOf({ measured }: InternalNode, axis: "x" | "y"): number {
  return axis === "x" ? (measured.width ?? BOX_WIDTH) : (measured.height ?? BOX_HEIGHT);
}

/** How far to move so that a stretch lies within the window; nothing when it is larger than that. */
function shift(start: number, length: number, window: number): number {
  if (length + 2 * MARGIN > window) return 0;
  if (start < MARGIN) return MARGIN - start;
  const over = start + length + MARGIN - window;
  return over > 0 ? -over : 0;
}
