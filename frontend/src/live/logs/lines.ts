/** A stream of lines, from the server into a ring. What arrives is told on in bunches: nobody reads a line in 1 ms. */
import { type ApiError, openEventStream, type StreamEvent, type StreamState } from "@/api";
import { LogBuffer, type NewLine } from "./buffer";

export interface LinesState {
  line: StreamState;
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

const FIRST: LinesState = {
  line: "connecting",
  ended: null,
  isRevoked: false,
  error: null,
  waiting: 0,
  version: 0,
};

export abstract class LineSession<Extra extends object> {
  readonly buffer: LogBuffer;
  private later: LogBuffer;
  private isHeld = false;
  private current: LinesState & Extra;
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stop: () => void = () => undefined;

  constructor(
    private readonly path: string,
    private readonly kept: number,
    extra: Extra,
  ) {
    this.buffer = new LogBuffer(kept);
    this.later = new LogBuffer(kept);
    this.current = { ...FIRST, ...extra };
  }

  get state(): LinesState & Extra {
    return this.current;
  }

  open(): void {
    const stream = openEventStream(this.path, {
      onState: (line) => this.change({ line } as Partial<LinesState & Extra>),
      onError: (error) => this.change({ error } as Partial<LinesState & Extra>),
      onEvent: (event) => {
        if (event.type === "revoked") this.change({ isRevoked: true } as Partial<LinesState & Extra>);
        else this.hear(event);
      },
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
    this.later = new LogBuffer(this.kept);
    this.renew({});
  }

  clear(): void {
    this.restart({});
  }

  listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  protected abstract hear(event: StreamEvent): void;

  /** Another line, shown with the next bunch. */
  protected keep(line: NewLine): void {
    const isFull = this.buffer.size === this.buffer.capacity;
    (this.isHeld && isFull ? this.later : this.buffer).push(line);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.renew({});
    }, BUNCH);
  }

  /** What was here comes again, or is not wanted any more. */
  protected restart(next: Partial<LinesState & Extra>): void {
    this.later = new LogBuffer(this.kept);
    this.buffer.clear();
    this.renew(next);
  }

  protected end(reason: string): void {
    this.renew({ ended: reason } as Partial<LinesState & Extra>);
  }

  protected renew(next: Partial<LinesState & Extra>): void {
    this.change({ ...next, waiting: this.later.end, version: this.current.version + 1 });
  }

  private change(next: Partial<LinesState & Extra>): void {
    this.current = { ...this.current, ...next };
    for (const listener of this.listeners) listener();
  }
}
