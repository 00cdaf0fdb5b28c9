/**
 * One shell in a container, over a WebSocket that may break: it is opened again and shows what was missed. Knows
 * neither React nor the screen that draws it.
 */
import { ApiError, api, call } from "@/api";
import { authorisedFetch } from "@/auth/fetch";

export type TerminalState =
  | { is: "connecting" }
  | { is: "ready"; pod: string; container: string; shell: string }
  | { is: "lost" }
  | { is: "ended"; code: number | null; reason: string }
  | { is: "failed"; code: string; message: string };

export interface TerminalPlace {
  resourceId: string;
  pod?: string | undefined;
  container?: string | undefined;
}

interface Handlers {
  onState: (state: TerminalState) => void;
  onOutput: (data: string | Uint8Array) => void;
}

interface Frame {
  type: string;
  data?: string;
  base64?: string;
  seq?: number;
  session?: string;
  pod?: string;
  container?: string;
  shell?: string;
  code?: string | number | null;
  reason?: string;
  error?: string;
}

const FIRST_WAIT = 400;
const LONGEST_WAIT = 5_000;
/** The server keeps a shell for a minute after its socket is lost. */
const KEPT = 60_000;
const PING = 20_000;
const PATIENCE = 12_000;

function pathOf(place: TerminalPlace): string {
  return `/v1/api/resources/${encodeURIComponent(place.resourceId)}/exec/terminal`;
}

export class TerminalSession {
  private socket: WebSocket | null = null;
  private sessionId = "";
  private after = 0;
  private size = { cols: 80, rows: 24 };
  private isOver = false;
  private isReady = false;
  private attempt = 0;
  private lostAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pinger: ReturnType<typeof setInterval> | undefined;
  private heardAt = 0;

  constructor(
    private readonly place: TerminalPlace,
    private readonly handlers: Handlers,
  ) {}

  open(): void {
    this.handlers.onState({ is: "connecting" });
    void this.connect();
  }

  /** On purpose: the shell is ended. */
  close(): void {
    this.isOver = true;
    this.stopTimers();
    this.socket?.close(1000);
    this.socket = null;
  }

  type(data: string): void {
    this.send({ type: "input", data });
  }

  /** What is no text, as a mouse or a pasted file may be. */
  typeBytes(binary: string): void {
    this.send({ type: "input", base64: btoa(binary) });
  }

  resize(cols: number, rows: number): void {
    this.size = { cols, rows };
    this.send({ type: "resize", cols, rows });
  }

  private send(frame: object): void {
    if (this.isReady && this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private async connect(): Promise<void> {
    try {
      const path = pathOf(this.place);
      const { ticket } = await call(api.POST("/v1/api/stream-tickets/", { body: { path } }));
      if (this.isOver) return;
      this.listen(new WebSocket(this.address(path, ticket)));
    } catch (error) {
      if (this.isOver) return;
      if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
        this.fail(error.code, error.message);
        return;
      }
      this.later();
    }
  }

  private address(path: string, ticket: string): string {
    const url = new URL(path, window.location.origin);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const { pod, container } = this.place;
    const query: Record<string, string> = {
      ticket,
      cols: String(this.size.cols),
      rows: String(this.size.rows),
    };
    if (pod) query.pod = pod;
    if (container) query.container = container;
    if (this.sessionId) Object.assign(query, { session: this.sessionId, after: String(this.after) });
    url.search = new URLSearchParams(query).toString();
    return url.href;
  }

  private listen(socket: WebSocket): void {
    this.socket = socket;
    let hasSpoken = false;
    socket.onmessage = (event) => {
      hasSpoken = true;
      this.heardAt = Date.now();
      const frame = read(event.data);
      if (frame) this.hear(frame);
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.isReady = false;
      clearInterval(this.pinger);
      if (this.isOver) return;
      if (hasSpoken || this.sessionId) this.later();
      else void this.askWhy();
    };
  }

  private hear(frame: Frame): void {
    switch (frame.type) {
      case "ready":
        this.sessionId = frame.session ?? "";
        this.attempt = 0;
        this.lostAt = 0;
        this.isReady = true;
        this.handlers.onState({
          is: "ready",
          pod: frame.pod ?? "",
          container: frame.container ?? "",
          shell: frame.shell ?? "",
        });
        this.resize(this.size.cols, this.size.rows);
        this.keepAlive();
        return;
      case "output":
        if (frame.seq !== undefined) this.after = frame.seq;
        this.handlers.onOutput(frame.base64 === undefined ? (frame.data ?? "") : bytesOf(frame.base64));
        return;
      case "exit":
        this.finish();
        this.handlers.onState({
          is: "ended",
          code: typeof frame.code === "number" ? frame.code : null,
          reason: frame.reason ?? "",
        });
        return;
      case "error":
        if (frame.code === "bad_message") return;
        this.fail(String(frame.code ?? ""), frame.error ?? "");
        return;
    }
  }

  private keepAlive(): void {
    clearInterval(this.pinger);
    this.heardAt = Date.now();
    this.pinger = setInterval(() => {
      if (Date.now() - this.heardAt > PING + PATIENCE) this.socket?.close(4000);
      else this.send({ type: "ping" });
    }, PING);
  }

  /** A browser does not tell why a socket was refused; a plain request to the same address does. */
  private async askWhy(): Promise<void> {
    try {
      const response = await authorisedFetch(
        new Request(new URL(pathOf(this.place), window.location.origin), { cache: "no-store" }),
      );
      if (this.isOver) return;
      if (response.status >= 400 && response.status < 500 && response.status !== 426) {
        const error = await ApiError.fromResponse(response);
        this.fail(error.code, error.message);
        return;
      }
    } catch {
      // Nothing can be reached just now.
    }
    this.later();
  }

  private later(): void {
    if (this.isOver) return;
    this.lostAt ||= Date.now();
    if (Date.now() - this.lostAt > KEPT) {
      this.fail("lost", ApiError.offline().message);
      return;
    }
    this.handlers.onState({ is: "lost" });
    const wait = Math.min(FIRST_WAIT * 2 ** this.attempt, LONGEST_WAIT);
    this.attempt += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.connect(), wait);
  }

  private fail(code: string, message: string): void {
    this.finish();
    this.handlers.onState({ is: "failed", code, message });
  }

  private finish(): void {
    this.isOver = true;
    this.stopTimers();
    this.socket?.close(1000);
    this.socket = null;
  }

  private stopTimers(): void {
    clearTimeout(this.timer);
    clearInterval(this.pinger);
  }
}

function read(data: unknown): Frame | null {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === "object" && frame !== null && "type" in frame ? (frame as Frame) : null;
  } catch {
    return null;
  }
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
