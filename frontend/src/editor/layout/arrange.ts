/** Asks a worker for places; where there are no workers, does it here. */

import { type LayoutRequest, layoutOf } from "../model/layout";
import type { Point } from "../model/types";

export function arrange(request: LayoutRequest): Promise<Record<string, Point>> {
  if (typeof Worker === "undefined") return Promise.resolve(layoutOf(request));
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
    const finish = (places: Record<string, Point>) => {
      worker.terminate();
      resolve(places);
    };
    worker.onmessage = (event: MessageEvent<Record<string, Point>>) => finish(event.data);
    worker.onerror = () => finish(layoutOf(request));
    worker.postMessage(request);
  });
}
