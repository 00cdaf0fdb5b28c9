/** One stream of logs, from the server into a ring. What arrives is told on in bunches: nobody reads a line in 1 ms. */
import { type ApiError, openEventStream, type StreamState } from "@/api";
import { LogBuffer, type NewLine } from "./buffer";

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

export interface LogState {
  line: StreamState;
  snapshot: LogSnapshot | null;
  /** Why there will be no more; null while there may be. */
  ended: string | null;
  isRevoked: boolean;
  error: ApiError | null;
  /** Lines that wait until the reader goes on: what one reads is not taken away. */
  waiting: number;
  /** Grows whenever the ring holds something else. */
  version: number;
}

const BUNCH = 90;
export const KEPT = 20_000;

export function pathOf(resourceId: string, hasManyPods: boolean, options: LogOptions): string {
  const query = new URLSearchParams({ follow: options.previous ? "false" : "true" });
  if (options.tail !== null) query.set("tail", String(options.tail));
  if (options.container) query.set("container", options.container);
  if (options.previous) query.set("previous", "true");
  if (hasManyPods && options.pod) query.set("pod", options.pod);
  else if (hasManyPods) query.set("all_pods", "true");
  return `/resources/${encodeURIComponent(resourceId)}/logs/stream?${query}`;
}

export class LogSession {
  readonly buffer = new LogBuffer(KEPT);
  private later = new LogBuffer(KEPT);
  private isHeld = false;
  private current: LogState = {
    line: "connecting",
    snapshot: null,
    ended: null,
    isRevoked: false,
    error: null,
    waiting: 0,
    version: 0,
  };
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stop: () => void = () => undefined;

  constructor(private readonly path: string) {}

  get state(): LogState {
    return this.current;
  }

  open(): void {
    const stream = openEventStream(this.path, {
      onState: (line) => this.change({ line }),
      onError: (error) => this.change({ error }),
      onEvent: ({ type, data }) => this.hear(type, data),
    });
    this.stop = stream.close;
  }

  close(): void {
    clearTimeout(this.timer);
    this.listeners.clear();
    this.stop();
  }

  /** While somebody reads further up, a full ring lets go of nothing. */
  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
    if (isHeld || this.later.end === 0) return;
    this.buffer.takeAll(this.later);
    this.later = new LogBuffer(KEPT);
    this.change({ waiting: 0, version: this.current.version + 1 });
  }

  clear(): void {
    this.later = new LogBuffer(KEPT);
    this.buffer.clear();
    this.change({ waiting: 0, version: this.current.version + 1 });
  }

  listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private hear(type: string, data: unknown): void {
    switch (type) {
      case "snapshot":
        // Lines that are here already come again after it.
        this.later = new LogBuffer(KEPT);
        this.buffer.clear();
        this.change({ snapshot: data as LogSnapshot, waiting: 0, version: this.current.version + 1 });
        return;
      case "line": {
        const { pod, container, time, text } = data as Record<"pod" | "container" | "time" | "text", string>;
        this.keep({ kind: "line", pod, container, time, text });
        this.soon();
        return;
      }
      case "gap": {
        const {
          reason,
          pod = "",
          container = "",
        } = data as { reason: string; pod?: string; container?: string };
        this.keep({ kind: "gap", pod, container, time: "", text: reason });
        this.soon();
        return;
      }
      case "done":
        this.change({
          ended: (data as { reason?: string }).reason ?? "",
          version: this.current.version + 1,
        });
        return;
      case "revoked":
        this.change({ isRevoked: true });
        return;
    }
  }

  private keep(line: NewLine): void {
    const isFull = this.buffer.size === this.buffer.capacity;
    (this.isHeld && isFull ? this.later : this.buffer).push(line);
  }

  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.change({ waiting: this.later.end, version: this.current.version + 1 });
    }, BUNCH);
  }

  private change(next: Partial<LogState>): void {
    this.current = { ...this.current, ...next };
    for (const listener of this.listeners) listener();
  }
}
