import { HttpResponse, http } from "msw";
import { describe, expect, it, vi } from "vitest";
import { API, server, signedIn } from "../../../tests/server";
import { LogSession, pathOf } from "./session";

const plain = { pod: "", container: "", previous: false, tail: 1000 };

describe("the address of a stream of logs", () => {
  it("asks for all pods of a workload, or for the one that was chosen", () => {
    expect(pathOf("r1", true, plain)).toBe("/resources/r1/logs/stream?follow=true&tail=1000&all_pods=true");
    expect(pathOf("r1", true, { ...plain, pod: "web-1", container: "web" })).toContain(
      "container=web&pod=web-1",
    );
  });

  it("never follows what has ended, and can go back to the beginning", () => {
    const path = pathOf("r1", false, { ...plain, previous: true, tail: null });
    expect(path).toBe("/resources/r1/logs/stream?follow=false&previous=true");
  });
});

function event(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

describe("a stream of logs", () => {
  it("fills the ring and says how it ended", async () => {
    signedIn();
    const line = (text: string) =>
      event("line", { pod: "web-1", container: "web", time: "t", exact_time: "t.1", text });
    const body =
      event("snapshot", { pod: "web-1", container: "web", containers: ["web"], pods: [] }) +
      line("one") +
      event("gap", { reason: "rotated" }) +
      line("two") +
      event("done", { reason: "the pod is gone" });
    server.use(
      http.get(
        `${API}/resources/r1/logs/stream`,
        () => new HttpResponse(body, { headers: { "Content-Type": "text/event-stream" } }),
      ),
    );
    const session = new LogSession(pathOf("r1", false, plain));
    const heard = vi.fn();
    session.listen(heard);
    session.open();
    await vi.waitFor(() => expect(session.state.ended).toBe("the pod is gone"));
    expect([...session.buffer.lines()].map((each) => [each.kind, each.text])).toEqual([
      ["line", "one"],
      ["gap", "rotated"],
      ["line", "two"],
    ]);
    expect(session.state.snapshot?.containers).toEqual(["web"]);
    expect(heard).toHaveBeenCalled();
    session.close();
  });
});
