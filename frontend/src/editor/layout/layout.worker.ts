import { type LayoutRequest, layoutOf } from "../model/layout";

self.onmessage = (event: MessageEvent<LayoutRequest>) => {
  self.postMessage(layoutOf(event.data));
};
