import { beforeEach, describe, expect, it } from "vitest";
import { accept } from "@/auth/session";
import type { Graph, LiveRun, NodeStatus } from "@/editor/model/types";
import { isStepName, next, placeOf, STEP_NAMES } from "./names";
import { placeBeside } from "./placing";
import { isUnderWay, tour, useTour } from "./progress";
import { type Situation, STEPS } from "./steps";

const node = (id: string, type: string, data = {}) => ({ id, type, position: { x: 0, y: 0 }, data });
const PROGRAM = node("d", "deployment", { name: "app", image: "nginx:1.27" });
const SERVICE = node("s", "service", { name: "app" });
const EDGE = { id: "e", source: "s", target: "d" };

function at(graph: Partial<Graph>, more: Partial<Situation> = {}): Situation {
  return {
    graph: { nodes: [], edges: [], ...graph },
    selected: new Set(),
    errors: 0,
    isSaved: true,
    isRunOpen: false,
    hasPlan: false,
    drawer: null,
    run: null,
    nodes: {},
    isTyping: false,
    ...more,
  };
}

const run = (status: LiveRun["status"]): LiveRun => ({
  run_id: "r",
  status,
  version: 1,
  wave: 1,
  waves: 1,
  message: "",
});
const status = (state: NodeStatus["state"]): Record<string, NodeStatus> => ({
  d: { node_id: "d", state, health: "", message: "", objects: [] },
});

describe("a step of the tour", () => {
  it("waits for a program", () => {
    expect(STEPS.add.isDone(at({ nodes: [SERVICE] }))).toBe(false);
    expect(STEPS.add.isDone(at({ nodes: [PROGRAM] }))).toBe(true);
  });

  it.each([
    { image: "", isTyping: false, isSaved: true, isDone: false },
    { image: "ngi", isTyping: true, isSaved: true, isDone: false },
    { image: "nginx", isTyping: false, isSaved: true, isDone: true },
    { image: "nginx:1", isTyping: true, isSaved: true, isDone: true },
    { image: "nginx:1", isTyping: false, isSaved: false, isDone: false },
  ])("waits for a whole image: $image, typing $isTyping, saved $isSaved", ({ image, isDone, ...more }) => {
    expect(STEPS.image.isDone(at({ nodes: [node("d", "deployment", { image })] }, more))).toBe(isDone);
  });

  it("waits for the line between the two, and for what the server says of it", () => {
    const both = { nodes: [PROGRAM, SERVICE] };
    expect(STEPS.connect.isDone(at(both))).toBe(false);
    const joined = { ...both, edges: [EDGE] };
    expect(STEPS.connect.isDone(at(joined))).toBe(true);
    expect(STEPS.port.isDone(at(joined, { isSaved: false }))).toBe(false);
    expect(STEPS.port.isDone(at(joined, { errors: 1 }))).toBe(false);
    expect(STEPS.port.isDone(at(joined))).toBe(true);
  });

  it("waits for the plan and the run, and for all to be green", () => {
    const graph = { nodes: [PROGRAM] };
    expect(STEPS.plan.isDone(at(graph, { isRunOpen: true }))).toBe(false);
    expect(STEPS.plan.isDone(at(graph, { isRunOpen: true, hasPlan: true }))).toBe(true);
    expect(STEPS.run.isDone(at(graph))).toBe(false);
    expect(STEPS.run.isDone(at(graph, { run: run("deploying") }))).toBe(true);
    expect(STEPS.green.isDone(at(graph, { run: run("deploying"), nodes: status("healthy") }))).toBe(false);
    expect(STEPS.green.isDone(at(graph, { run: run("succeeded"), nodes: status("waiting") }))).toBe(false);
    expect(STEPS.green.isDone(at(graph, { run: run("succeeded") }))).toBe(false);
    expect(STEPS.green.isDone(at(graph, { run: run("succeeded"), nodes: status("healthy") }))).toBe(true);
  });

  it("waits until what was broken is repaired, not until it is about to be", () => {
    const broken = { nodes: [node("d", "deployment", { image: "nginx:does-not-exist" })] };
    expect(STEPS.break.isDone(at(broken, { nodes: status("healthy") }))).toBe(false);
    expect(STEPS.break.isDone(at(broken, { nodes: status("failed") }))).toBe(true);
    const green = { run: run("succeeded"), nodes: status("healthy") };
    expect(STEPS.repair.isDone(at(broken, green))).toBe(false);
    expect(STEPS.repair.isDone(at({ nodes: [PROGRAM] }, green))).toBe(true);
  });

  it("points at the field of what is selected, else at the box", () => {
    const graph = { nodes: [PROGRAM] };
    expect(STEPS.image.anchors(at(graph))).toEqual(['.react-flow__node[data-id="d"]']);
    expect(STEPS.image.anchors(at(graph, { selected: new Set(["d"]) }))[0]).toContain("image");
  });

  it("is followed by the next, the last by itself", () => {
    expect(next("add")).toBe("image");
    expect(next("end")).toBe("end");
    expect(placeOf("end")).toBe(STEP_NAMES.length);
    expect(isStepName("nothing")).toBe(false);
  });
});

describe("the card", () => {
  const card = { width: 320, height: 200 };
  const window = { width: 1440, height: 900 };
  it.each([
    { name: "right of it", left: 60, top: 160, width: 200, height: 30, at: { left: 274, top: 146 } },
    { name: "left of it", left: 1090, top: 300, width: 330, height: 60, at: { left: 756, top: 286 } },
    { name: "inside of the window", left: 60, top: 880, width: 200, height: 20, at: { left: 274, top: 688 } },
    { name: "below it", left: 200, top: 10, width: 1200, height: 40, at: { left: 640, top: 64 } },
    { name: "nowhere", left: 200, top: 10, width: 1200, height: 880, at: null },
  ])("stands $name", ({ name: _, at, ...target }) => {
    expect(placeBeside(target, card, window)).toEqual(at);
  });
});

describe("how far one is", () => {
  const signIn = (id: string) =>
    accept({
      token: "t",
      refresh_token: null,
      expires_in: 60,
      user: { id, name: "Ada", email: "ada@example.com", role: "user" },
    });
  beforeEach(() => {
    localStorage.clear();
    signIn(crypto.randomUUID());
  });

  it("is kept for each person", () => {
    signIn("ada");
    tour.start("w");
    tour.goTo("plan");
    tour.pause();
    signIn("grace");
    expect(useTour.getState().stage).toBe("new");
    signIn("ada");
    expect(useTour.getState()).toEqual({ stage: "paused", workflowId: "w", step: "plan" });
    expect(isUnderWay(useTour.getState())).toBe(true);
    tour.start("other");
    expect(useTour.getState()).toEqual({ stage: "active", workflowId: "other", step: "add" });
  });

  it("offers itself once, and not to who has begun", () => {
    tour.noteOffered();
    expect(useTour.getState().stage).toBe("offered");
    tour.start("w");
    tour.noteOffered();
    expect(useTour.getState().stage).toBe("active");
    tour.finish();
    expect(isUnderWay(useTour.getState())).toBe(false);
  });

  it("begins anew where what was kept makes no sense", () => {
    localStorage.setItem("sailcloth.tour.alan", '{"stage":"active","step":"fly"}');
    signIn("alan");
    expect(useTour.getState().stage).toBe("new");
  });
});
