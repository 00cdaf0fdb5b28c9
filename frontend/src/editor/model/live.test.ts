import { describe, expect, it } from "vitest";
import { applyEvent, type Live, NOTHING, progressOf, type StreamEvent, withLog } from "./live";
import type { LiveRun, NodeStatus } from "./types";

const run: LiveRun = { run_id: "r1", status: "deploying", version: 1, wave: 1, waves: 2, message: "" };
const status = (id: string, state: NodeStatus["state"]): NodeStatus => ({
  node_id: id,
  state,
  health: "unknown",
  message: "",
  objects: [],
});
const fold = (...events: StreamEvent[]): Live =>
  events.reduce((live, event) => applyEvent(live, event, "now"), NOTHING);

describe("the status stream", () => {
  it("starts from a snapshot and follows changes", () => {
    const live = fold(
      { type: "snapshot", data: { run: null, nodes: [status("a", "idle"), status("b", "idle")] } },
      { type: "run", data: run },
      { type: "node", data: status("a", "applying") },
      { type: "log", data: { run_id: "r1", level: "info", message: "Applied." } },
    );
    expect(live.run).toEqual(run);
    expect(live.nodes.a?.state).toBe("applying");
    expect(live.log).toEqual([{ run_id: "r1", level: "info", message: "Applied.", at: "now" }]);
  });

  it("keeps what a second snapshot repeats, and drops what it no longer has", () => {
    const first = fold({
      type: "snapshot",
      data: { run, nodes: [status("a", "healthy"), status("b", "idle")] },
    });
    const second = applyEvent(
      first,
      { type: "snapshot", data: { run, nodes: [status("a", "healthy")] } },
      "now",
    );
    expect(second.nodes.a).toBe(first.nodes.a);
    expect(second.nodes.b).toBeUndefined();
  });

  it("begins a new log with a new run", () => {
    const live = fold(
      { type: "run", data: run },
      { type: "log", data: { run_id: "r1", level: "info", message: "one" } },
      { type: "run", data: { ...run, run_id: "r2" } },
    );
    expect(live.log).toEqual([]);
  });

  it("takes the log of a run that began earlier, unless the stream knows more", () => {
    const live = fold(
      { type: "run", data: run },
      { type: "log", data: { run_id: "r1", level: "info", message: "b" } },
    );
    const lines = ["a", "b"].map((message) => ({ level: "info", message, at: "then" }));
    expect(withLog(live, "r1", lines).log.map((line) => line.message)).toEqual(["a", "b"]);
    expect(withLog(live, "r1", [])).toBe(live);
    expect(withLog(live, "other", lines)).toBe(live);
  });
});

describe("the progress of a run", () => {
  it("grows with its nodes and is full only when it is over", () => {
    const live = fold({
      type: "snapshot",
      data: { run, nodes: [status("a", "healthy"), status("b", "applying")] },
    });
    expect(progressOf(live, ["a", "b"])).toBeCloseTo(0.65);
    expect(progressOf({ ...live, run: { ...run, status: "succeeded" } }, ["a"])).toBe(1);
    expect(
      progressOf(fold({ type: "snapshot", data: { run, nodes: [status("a", "healthy")] } }), ["a"]),
    ).toBe(0.97);
    expect(progressOf(NOTHING, [])).toBe(0);
  });
});
