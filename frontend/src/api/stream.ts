/**
 * Server-sent events by fetch, so that the bearer goes in a header and never in the address. Reconnects by itself from
 * the last event that arrived; an end that the server says (`done`, `revoked`, a refusal) is final.
 */
import { createParser } from "eventsource-parser";
import { authorisedFetch } from "@/auth/fetch";
import { ApiError } from "./errors";

export interface StreamEvent<Data = unknown> {
  id: string | undefined;
  type: string;
  data: Data;
}

/** `reconnecting` still shows the last state, with a note; `closed` is over. */
export type StreamState = "connecting" | "open" | "reconnecting" | "closed";

interface StreamOptions {
  onEvent: (event: StreamEvent) => void;
  onState?: (state: StreamState) => void;
  /** Only what cannot be mended by trying again: 401, 403, 404, 400. */
  onError?: (error: ApiError) => void;
  lastEventId?: string;
}

export interface EventStream {
  close: () => void;
  /** Connect now, instead of at the end of the back-off. */
  retry: () => void;
}

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
/** The server sends at least a comment each 15 s; a longer silence is a dead connection. */
const SILENCE = 45_000;
const FINAL = new Set(["done", "revoked"]);

export function openEventStream(path: string, options: StreamOptions): EventStream {
  let lastId = options.lastEventId;
  let isClosed = false;
  let attempt = 0;
  let serverWait = FIRST_WAIT;
  let connection: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const say = (state: StreamState) => options.onState?.(state);

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(timer);
    window.removeEventListener("online", retry);
    connection?.abort();
    say("closed");
  }

  function retry(): void {
    if (isClosed || connection) return;
    clearTimeout(timer);
    void connect();
  }

  function later(wait?: number): void {
    if (isClosed) return;
    say("reconnecting");
    const backOff = Math.min(serverWait * 2 ** attempt, LONGEST_WAIT);
    attempt += 1;
    // Spread out, so that a restarted server is not met by everyone at once.
    timer = setTimeout(() => void connect(), wait ?? backOff * (0.5 + Math.random() / 2));
  }

  async function connect(): Promise<void> {
    if (attempt === 0) say("connecting");
    const controller = new AbortController();
    connection = controller;
    let wait: number | undefined;
    try {
      wait = await read(controller);
    } catch {
      // The line broke or fell silent: the same as an end without `done`.
    } finally {
      if (connection === controller) connection = null;
    }
    later(wait);
  }

  async function read(controller: AbortController): Promise<number | undefined> {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (lastId !== undefined) headers["Last-Event-ID"] = lastId;
    const url = new URL(path.startsWith("/v1/") ? path : `/v1/api${path}`, window.location.origin);
    const response = await authorisedFetch(
      new Request(url, { headers, signal: controller.signal, cache: "no-store" }),
    );
    if (!response.ok || !response.body) {
      const error = await ApiError.fromResponse(response);
      if (response.status >= 400 && response.status < 500 && response.status !== 429) {
        options.onError?.(error);
        close();
      }
      return error.retryAfter === null ? undefined : error.retryAfter * 1000;
    }
    say("open");
    let watchdog = setTimeout(() => controller.abort(), SILENCE);
    const parser = createParser({
      onRetry: (milliseconds) => {
        serverWait = Math.min(Math.max(milliseconds, 100), LONGEST_WAIT);
      },
      onEvent: (event) => {
        attempt = 0;
        if (event.id !== undefined) lastId = event.id;
        const type = event.event ?? "message";
        options.onEvent({ id: event.id, type, data: parse(event.data) });
        if (FINAL.has(type)) close();
      },
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done || isClosed) return undefined;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => controller.abort(), SILENCE);
        parser.feed(value);
      }
    } finally {
      clearTimeout(watchdog);
      reader.releaseLock();
    }
  }

  window.addEventListener("online", retry);
  void connect();
  return { close, retry };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
