import { HttpResponse, http } from "msw";
import { afterEach, describe, expect, it, vi } from "vitest";
import { accept } from "@/auth/session";
import { API, failure, grant, server } from "../../tests/server";
import { type EventStream, openEventStream, type StreamEvent, type StreamState } from "./stream";

const path = "/workflows/w1/status/stream";

function events(...blocks: string[]): Response {
  const text = blocks.map((block) => `${block}\n\n`).join("");
  return new HttpResponse(text, { headers: { "Content-Type": "text/event-stream" } });
}

let stream: EventStream | undefined;
afterEach(() => stream?.close());

function watch(lastEventId?: string) {
  const seen = { events: [] as StreamEvent[], states: [] as StreamState[], error: undefined as unknown };
  stream = openEventStream(path, {
    onEvent: (event) => seen.events.push(event),
    onState: (state) => seen.states.push(state),
    onError: (error) => {
      seen.error = error;
    },
    ...(lastEventId ? { lastEventId } : {}),
  });
  return seen;
}

describe("an event stream", () => {
  it("carries the bearer in a header, and ends with done", async () => {
    accept(grant("mine"));
    const asked: Request[] = [];
    server.use(
      http.get(`${API}${path}`, ({ request }) => {
        asked.push(request);
        return events(
          "retry: 100",
          'id: 1\nevent: snapshot\ndata: {"nodes":[]}',
          ": still here",
          "id: 2\nevent: done\ndata: {}",
        );
      }),
    );
    const seen = watch();
    await vi.waitFor(() => expect(seen.states.at(-1)).toBe("closed"));
    expect(seen.events).toEqual([
      { id: "1", type: "snapshot", data: { nodes: [] } },
      { id: "2", type: "done", data: {} },
    ]);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.headers.get("Authorization")).toBe("Bearer mine");
    expect(asked[0]?.url).not.toContain("mine");
  });

  it("resumes from the last event when the line breaks", async () => {
    accept(grant());
    const resumedFrom: (string | null)[] = [];
    server.use(
      http.get(`${API}${path}`, ({ request }) => {
        resumedFrom.push(request.headers.get("Last-Event-ID"));
        return resumedFrom.length === 1
          ? events("retry: 100", "id: 41\nevent: node\ndata: {}")
          : events("id: 42\nevent: done\ndata: {}");
      }),
    );
    const seen = watch("40");
    await vi.waitFor(() => expect(seen.states.at(-1)).toBe("closed"), { timeout: 4000 });
    expect(resumedFrom).toEqual(["40", "41"]);
    expect(seen.states).toContain("reconnecting");
    expect(seen.events.map((event) => event.id)).toEqual(["41", "42"]);
  });

  it("tries again after a failure of the server, not after a refusal", async () => {
    accept(grant());
    let count = 0;
    server.use(
      http.get(`${API}${path}`, () => {
        count += 1;
        return count === 1
          ? failure(503, "Later.", "unavailable")
          : failure(404, "There is no such workflow.", "workflow_not_found");
      }),
    );
    const seen = watch();
    await vi.waitFor(() => expect(seen.states.at(-1)).toBe("closed"), { timeout: 4000 });
    expect(count).toBe(2);
    expect(seen.error).toMatchObject({ status: 404, code: "workflow_not_found" });
  });

  it("says nothing more once it is closed", async () => {
    accept(grant());
    server.use(http.get(`${API}${path}`, () => events("id: 1\nevent: node\ndata: {}")));
    const seen = watch();
    await vi.waitFor(() => expect(seen.events).toHaveLength(1));
    stream?.close();
    const count = seen.events.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(seen.events).toHaveLength(count);
    expect(seen.states.at(-1)).toBe("closed");
  });
});
