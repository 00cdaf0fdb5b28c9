import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { API, failure, server, signedIn } from "../../../tests/server";
import { TerminalSession, type TerminalState } from "./session";

/** A socket whose other end is the test. */
class Socket {
  static all: Socket[] = [];
  static readonly OPEN = 1;
  readyState = 1;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  sent: Record<string, unknown>[] = [];
  closedWith: number | undefined;
  constructor(readonly url: string) {
    Socket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(code?: number): void {
    this.closedWith = code;
    this.readyState = 3;
  }
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  break(): void {
    this.readyState = 3;
    this.onclose?.();
  }
  get query(): URLSearchParams {
    return new URL(this.url).searchParams;
  }
}

const ready = { type: "ready", session: "s1", pod: "web-1", container: "web", shell: "/bin/sh", seq: 0 };
let states: TerminalState[];
let output: string[];
let session: TerminalSession;

beforeEach(() => {
  Socket.all = [];
  states = [];
  output = [];
  vi.stubGlobal("WebSocket", Socket);
  signedIn();
  server.use(
    http.post(`${API}/stream-tickets/`, () =>
      HttpResponse.json({ ticket: "t1", expires_in: 30 }, { status: 201 }),
    ),
  );
  session = new TerminalSession(
    { resourceId: "r1", container: "web" },
    {
      onState: (state) => states.push(state),
      onOutput: (data) => output.push(typeof data === "string" ? data : `bytes ${data.length}`),
    },
  );
});

afterEach(() => {
  session.close();
  vi.unstubAllGlobals();
});

async function socket(count = 1): Promise<Socket> {
  await vi.waitFor(() => expect(Socket.all).toHaveLength(count), { timeout: 5_000 });
  return Socket.all[count - 1] as Socket;
}

describe("a terminal", () => {
  it("comes with a ticket, tells its size, and passes keys and output on", async () => {
    session.open();
    const line = await socket();
    expect(new URL(line.url).pathname).toBe("/v1/api/resources/r1/exec/terminal");
    expect(line.query.get("ticket")).toBe("t1");
    expect(line.query.get("container")).toBe("web");
    session.type("too early");
    line.say(ready);
    session.resize(120, 40);
    session.type("ls\r");
    expect(line.sent).toEqual([
      { type: "resize", cols: 80, rows: 24 },
      { type: "resize", cols: 120, rows: 40 },
      { type: "input", data: "ls\r" },
    ]);
    line.say({ type: "output", data: "file", seq: 4 });
    line.say({ type: "output", data: "?", base64: btoa("\xff\xfe"), seq: 6 });
    expect(output).toEqual(["file", "bytes 2"]);
  });

  it("goes on after a lost line with what was missed", async () => {
    session.open();
    const first = await socket();
    first.say(ready);
    first.say({ type: "output", data: "abc", seq: 3 });
    first.break();
    expect(states.at(-1)).toEqual({ is: "lost" });
    const second = await socket(2);
    expect(second.query.get("session")).toBe("s1");
    expect(second.query.get("after")).toBe("3");
    second.say({ ...ready, resumed: true, seq: 3 });
    expect(states.at(-1)).toMatchObject({ is: "ready" });
  });

  it("ends when the shell ends, and does not come back", async () => {
    session.open();
    const line = await socket();
    line.say(ready);
    line.say({ type: "exit", code: 3, reason: "exited" });
    line.break();
    expect(states.at(-1)).toEqual({ is: "ended", code: 3, reason: "exited" });
    expect(Socket.all).toHaveLength(1);
  });

  it("says why it may not be opened, which the socket itself does not tell", async () => {
    server.use(
      http.get(`${API}/resources/r1/exec/terminal`, () =>
        failure(403, "You may only look.", "permission_denied"),
      ),
    );
    session.open();
    (await socket()).break();
    await vi.waitFor(() =>
      expect(states.at(-1)).toEqual({
        is: "failed",
        code: "permission_denied",
        message: "You may only look.",
      }),
    );
  });

  it("tells the server that one leaves", async () => {
    session.open();
    const line = await socket();
    line.say(ready);
    session.close();
    expect(line.closedWith).toBe(1000);
  });
});
