/** The logs of a pod, or of all pods of a workload. */
import type { StreamEvent } from "@/api";
import { LineSession } from "./lines";

export interface LogOptions {
  /** Empty: all pods of a workload. */
  pod: string;
  container: string;
  previous: boolean;
  /** Null: from the beginning. */
  tail: number | null;
}

export interface LogSnapshot {
  pod: string;
  container: string;
  containers: string[];
  pods: { name: string; phase: string; containers: string[] }[];
}

interface Told {
  snapshot: LogSnapshot | null;
}

const KEPT = 20_000;

export function pathOf(resourceId: string, hasManyPods: boolean, options: LogOptions): string {
  const query = new URLSearchParams({ follow: options.previous ? "false" : "true" });
  if (options.tail !== null) query.set("tail", String(options.tail));
  if (options.container) query.set("container", options.container);
  if (options.previous) query.set("previous", "true");
  if (hasManyPods && options.pod) query.set("pod", options.pod);
  else if (hasManyPods) query.set("all_pods", "true");
  return `/resources/${encodeURIComponent(resourceId)}/logs/stream?${query}`;
}

export class LogSession extends LineSession<Told> {
  constructor(path: string) {
    super(path, KEPT, { snapshot: null });
  }

  protected hear({ type, data }: StreamEvent): void {
    switch (type) {
      case "snapshot":
        // Lines that are here already come again after it.
        this.restart({ snapshot: data as LogSnapshot });
        return;
      case "line": {
        const { pod, container, exact_time, text } = data as Record<
          "pod" | "container" | "exact_time" | "text",
          string
        >;
        this.keep({ kind: "line", pod, container, time: exact_time, text });
        return;
      }
      case "gap": {
        const {
          reason,
          pod = "",
          container = "",
        } = data as { reason: string; pod?: string; container?: string };
        this.keep({ kind: "gap", pod, container, time: "", text: reason });
        return;
      }
      case "done":
        this.end((data as { reason?: string }).reason ?? "");
        return;
    }
  }
}
