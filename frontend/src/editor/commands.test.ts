import { describe, expect, it } from "vitest";
import { createCommands } from "./commands";
import { Rules } from "./model/rules";
import { graph as graphOf, node, TEMPLATES, templateOf } from "./model/testing/fixtures";
import type { Graph } from "./model/types";
import { createFlowStore } from "./stores/flow";
import { createGraphStore } from "./stores/graph";
import { createSelectionStore } from "./stores/selection";

function setUp(start: Graph) {
  const rules = new Rules(TEMPLATES);
  const graph = createGraphStore();
  graph.getState().load(start);
  const selection = createSelectionStore();
  const flow = createFlowStore(graph, selection, rules);
  return { graph, selection, flow, commands: createCommands({ graph, selection, flow, rules }) };
}

const current = (graph: ReturnType<typeof createGraphStore>) => graph.getState().graph;

describe("what a person can do", () => {
  it("draws a line in the direction that has a meaning, from whichever handle", () => {
    const { graph, commands } = setUp(
      graphOf([node("d", "deployment"), node("c", "configmap"), node("s", "service")]),
    );
    expect(commands.connect({ nodeId: "d", type: "deployment", end: "source" }, "c")).toBe(true);
    expect(commands.connect({ nodeId: "d", type: "deployment", end: "target" }, "s")).toBe(true);
    expect(commands.connect({ nodeId: "d", type: "deployment", end: "source" }, "s")).toBe(true);
    expect(current(graph).edges.map(({ source, target }) => [source, target])).toEqual([
      ["c", "d"],
      ["s", "d"],
      ["d", "s"],
    ]);
  });

  it("draws nothing where nothing is allowed", () => {
    const { graph, commands } = setUp(graphOf([node("c", "configmap"), node("s", "service")]));
    expect(commands.connect({ nodeId: "c", type: "configmap", end: "source" }, "s")).toBe(false);
    expect(commands.connect({ nodeId: "c", type: "configmap", end: "source" }, "c")).toBe(false);
    expect(current(graph).edges).toEqual([]);
  });

  it("adds a node with its line in one step to undo", () => {
    const { graph, commands } = setUp(graphOf([node("s", "service")]));
    commands.addConnected(
      templateOf("deployment"),
      { nodeId: "s", type: "service", end: "source" },
      { x: 0, y: 0 },
    );
    expect(current(graph).edges[0]).toMatchObject({ source: "s", target: current(graph).nodes[1]?.id });
    commands.undo();
    expect(current(graph)).toEqual(graphOf([node("s", "service")]));
  });

  it("calls the address of a program as the program", () => {
    const { graph, commands } = setUp(graphOf([node("d", "deployment", { name: "db" })]));
    const pull = { nodeId: "d", type: "deployment", end: "target" } as const;
    commands.addConnected(templateOf("service"), pull, null);
    commands.addConnected(templateOf("service"), pull, null);
    commands.addConnected(templateOf("configmap"), pull, null);
    expect(current(graph).nodes.map(({ data }) => data.name)).toEqual(["db", "db", "db-2", "configmap"]);
  });

  it("puts a node that was asked for by key beside the one it is connected to", () => {
    const { graph, commands } = setUp(graphOf([node("d", "deployment")]));
    const pull = { nodeId: "d", type: "deployment", end: "target" } as const;
    commands.addConnected(templateOf("configmap"), pull, null);
    commands.addConnected(templateOf("secret"), pull, null);
    const [box, first, second] = current(graph).nodes;
    expect(first?.position.x).toBeLessThan((box?.position.x ?? 0) - 232);
    expect(second?.position).not.toEqual(first?.position);
    expect(current(graph).edges.map(({ source, target }) => [source, target])).toEqual([
      [first?.id, "d"],
      [second?.id, "d"],
    ]);
  });

  it("selects what it makes, and the boxes show it", () => {
    const { flow, selection, commands } = setUp(graphOf([node("s", "service")]));
    const id = commands.add(templateOf("job"), { x: 500, y: 0 });
    expect([...selection.getState().nodeIds]).toEqual([id]);
    expect(flow.getState().nodes.map((box) => Boolean(box.selected))).toEqual([false, true]);
    commands.removeSelected();
    expect(flow.getState().nodes.map((box) => box.id)).toEqual(["s"]);
    expect(selection.getState().nodeIds.size).toBe(0);
  });

  it("pastes what it copied, with the edges between", () => {
    const { graph, commands } = setUp(
      graphOf([node("s", "service", { name: "s" }), node("d", "job", { name: "d" })], [["e", "s", "d"]]),
    );
    commands.selectAll();
    expect(commands.paste(commands.copyText() ?? "")).toBe(true);
    expect(current(graph).nodes.map((each) => each.data.name)).toEqual(["s", "d", "s-2", "d-2"]);
    expect(current(graph).edges).toHaveLength(2);
    expect(commands.paste("something else")).toBe(false);
  });

  it("keeps a drag out of the graph until it is let go", () => {
    const { graph, flow } = setUp(graphOf([node("s", "service")]));
    const drag = (x: number, dragging: boolean) =>
      flow.getState().changeNodes([{ id: "s", type: "position", position: { x, y: 0 }, dragging }]);
    drag(10, true);
    drag(20, true);
    expect(current(graph).nodes[0]?.position).toEqual({ x: 0, y: 0 });
    drag(32, false);
    expect(current(graph).nodes[0]?.position).toEqual({ x: 32, y: 0 });
    expect(graph.getState().history.past).toHaveLength(1);
  });

  it("tidies up", async () => {
    const { graph, commands } = setUp(graphOf([node("s", "service"), node("d", "job")], [["e", "s", "d"]]));
    await commands.arrange();
    const [service, job] = current(graph).nodes;
    expect(service?.position.x).toBeLessThan(job?.position.x ?? 0);
  });
});
