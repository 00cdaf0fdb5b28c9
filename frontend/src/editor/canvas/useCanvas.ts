/** The view on the canvas: where its middle is, and how to look elsewhere. */

import { useReactFlow } from "@xyflow/react";
import { useMemo } from "react";
import type { FlowEdge, FlowNode } from "../model/flow";
import type { Point } from "../model/types";

const SMOOTH = { duration: 260 };
/** Above stands the card of a run. */
const AROUND = { x: 0.09, bottom: 0.09, top: "76px" } as const;
/** The whole picture, no larger than life. */
export const WHOLE = { padding: AROUND, maxZoom: 1 };

export function useCanvas() {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  return useMemo(
    () => ({
      toCanvas: (point: Point): Point => flow.screenToFlowPosition(point),
      centre: (): Point => {
        const box = document.querySelector(".sc-canvas")?.getBoundingClientRect();
        if (!box) return { x: 0, y: 0 };
        return flow.screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
      },
      /** The right edge of a box on the screen: where a list about it opens. */
      besideOf: (id: string): Point | null => {
        const box = document.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
        const place = box?.getBoundingClientRect();
        return place ? { x: place.right + 12, y: place.top } : null;
      },
      fit: () => void flow.fitView({ ...SMOOTH, ...WHOLE }),
      /** Back to where one was before a panel that is gone now: to its box, or to the whole. */
      focus: (id: string | undefined) => {
        const box =
          id && document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
        (box || document.querySelector<HTMLElement>(".sc-canvas"))?.focus({ preventScroll: true });
      },
      zoomIn: () => void flow.zoomIn(SMOOTH),
      zoomOut: () => void flow.zoomOut(SMOOTH),
      /** Brings nodes into sight without zooming in further than they can be read. */
      show: (ids: readonly string[]) => {
        if (ids.length === 0) return;
        void flow.fitView({
          ...SMOOTH,
          nodes: ids.map((id) => ({ id })),
          padding: 0.4,
          maxZoom: 1,
          minZoom: 0.6,
        });
      },
    }),
    [flow],
  );
}
