/** Pulling a line from one box to another: what it may become, and what happens where it is let go. */

import type { Connection, FinalConnectionState, IsValidConnection, OnConnectStart } from "@xyflow/react";
import { useCallback } from "react";
import { useEditor } from "../editor";
import type { FlowEdge } from "../model/flow";
import type { Point } from "../model/types";
import { useCanvas } from "./useCanvas";

function pointOf(event: MouseEvent | TouchEvent): Point {
  const touch = "changedTouches" in event ? event.changedTouches[0] : undefined;
  if (touch) return { x: touch.clientX, y: touch.clientY };
  return "clientX" in event ? { x: event.clientX, y: event.clientY } : { x: 0, y: 0 };
}

function nodeUnder(point: Point): string | null {
  const element = document.elementFromPoint(point.x, point.y)?.closest<HTMLElement>(".react-flow__node");
  return element?.dataset.id ?? null;
}

function isOverCanvas(point: Point): boolean {
  return Boolean(document.elementFromPoint(point.x, point.y)?.closest(".react-flow__pane"));
}

export function useConnecting() {
  const { commands, graph, view } = useEditor();
  const canvas = useCanvas();

  const onConnectStart = useCallback<OnConnectStart>(
    (_event, { nodeId, handleType }) => {
      const node = graph.getState().graph.nodes.find((each) => each.id === nodeId);
      if (node && handleType) view.setState({ pull: { nodeId: node.id, type: node.type, end: handleType } });
    },
    [graph, view],
  );

  const isValidConnection = useCallback<IsValidConnection<FlowEdge>>(
    ({ source, target }) => {
      const { pull } = view.getState();
      return pull !== null && commands.matchOf(pull, source === pull.nodeId ? target : source) !== undefined;
    },
    [commands, view],
  );

  const onConnect = useCallback(
    ({ source, target }: Connection) => {
      const { pull } = view.getState();
      if (pull) commands.connect(pull, source === pull.nodeId ? target : source);
    },
    [commands, view],
  );

  /** Let go beside a handle: on a box it counts as well, on the canvas it asks what to add. */
  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      const { pull } = view.getState();
      view.setState({ pull: null });
      if (!pull || state.isValid) return;
      const point = pointOf(event);
      const other = nodeUnder(point);
      if (other) commands.connect(pull, other);
      else if (isOverCanvas(point)) {
        const from = { nodeId: pull.nodeId, end: pull.end };
        view.setState({ wish: { at: canvas.toCanvas(point), screen: point, from } });
      }
    },
    [canvas, commands, view],
  );

  return { onConnectStart, isValidConnection, onConnect, onConnectEnd };
}
