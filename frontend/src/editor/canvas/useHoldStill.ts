/** What one takes hold of holds still: a press ends the canvas's gliding, so that it is let go on what it began on. */

import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";

export function useHoldStill(): void {
  const view = useReactFlow();
  useEffect(() => {
    const hold = (event: PointerEvent) => {
      if (event.target instanceof Element && event.target.closest(".sc-canvas"))
        void view.setViewport(view.getViewport());
    };
    window.addEventListener("pointerdown", hold, { capture: true, passive: true });
    return () => window.removeEventListener("pointerdown", hold, { capture: true });
  }, [view]);
}
