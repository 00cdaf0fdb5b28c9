/** News of the same workflow from other tabs of this browser, and the moments at which to look for other people's. */

const nameOf = (workflowId: string) => `sailcloth.workflow.${workflowId}`;

/** Coming back to a tab asks the server, but not each time within this many milliseconds. */
const CALM = 5_000;

export function announce(workflowId: string, etag: string | null): void {
  if (typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(nameOf(workflowId));
  channel.postMessage(etag);
  channel.close();
}

/** Calls with the ETag that another tab saved, or with undefined when it is time to look; returns how to stop. */
export function hearElsewhere(workflowId: string, onNews: (etag?: string | null) => void): () => void {
  let lastLook = Date.now();
  const look = () => {
    if (document.visibilityState !== "visible" || Date.now() - lastLook < CALM) return;
    lastLook = Date.now();
    onNews();
  };
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(nameOf(workflowId));
  if (channel) channel.onmessage = (event: MessageEvent<string | null>) => onNews(event.data);
  window.addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);
  return () => {
    channel?.close();
    window.removeEventListener("focus", look);
    document.removeEventListener("visibilitychange", look);
  };
}
