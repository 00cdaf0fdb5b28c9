import { describe, expect, it } from "vitest";
import {
  absolute,
  addNodes,
  adoptIntoFrames,
  freePlace,
  moveNodes,
  newNode,
  remove,
  setEdgeValue,
  setNodeValue,
} from "./edits";
import { freeName } from "./names";
import { graph, node, templateOf } from "./testing/fixtures";

describe("changes of a graph", () => {
  it("gives a new node its defaults and a name that is free", () => {
    const first = newNode(graph([]), templateOf("deployment"), { x: 3, y: 20 });
    const second = newNode(graph([first]), templateOf("deployment"), { x: 0, y: 0 });
    expect(first).toMatchObject({ data: { name: "app", image: "", replicas: 1 }, position: { x: 0, y: 16 } });
    expect(second.data.name).toBe("app-2");
    expect(second.id).not.toBe(first.id);
    expect(templateOf("deployment").defaults).toEqual({ name: "app", image: "", replicas: 1 });
  });

  it("counts names on within a type", () => {
    const taken = graph([node("1", "job", { name: "web" }), node("2", "job", { name: "web-9" })]);
    expect(freeName(taken, "job", "web")).toBe("web-2");
    expect(freeName(taken, "job", "web-9")).toBe("web-10");
    expect(freeName(taken, "service", "web")).toBe("web");
  });

  it("takes the edges of a removed node with it", () => {
    const before = graph([node("a", "job"), node("b", "job")], [["e", "a", "b"]]);
    expect(remove(before, new Set(["a"]), new Set())).toEqual(graph([node("b", "job")]));
    expect(remove(before, new Set(), new Set())).toBe(before);
  });

  it("leaves what lay in a removed frame where it was", () => {
    const before = graph([
      node("f", "group", {}, { position: { x: 100, y: 50 } }),
      node("a", "job", {}, { parentId: "f", position: { x: 10, y: 10 } }),
    ]);
    const [left] = remove(before, new Set(["f"]), new Set()).nodes;
    expect(left?.position).toEqual({ x: 110, y: 60 });
    expect(left && "parentId" in left).toBe(false);
  });

  it("puts a node that was dropped on a frame into it, and out again", () => {
    const frame = node("f", "group", {}, { position: { x: 100, y: 100 }, width: 400, height: 300 });
    const inside = adoptIntoFrames(
      graph([frame, node("a", "job", {}, { position: { x: 150, y: 150 } })]),
      new Set(["a"]),
    );
    const adopted = inside.nodes[1];
    expect(adopted).toMatchObject({ parentId: "f", position: { x: 50, y: 50 } });
    expect(adopted && absolute(inside, adopted)).toEqual({ x: 150, y: 150 });
    const moved = moveNodes(inside, new Map([["a", { x: 900, y: 0 }]]));
    expect(adoptIntoFrames(moved, new Set(["a"])).nodes[1]).toEqual(
      node("a", "job", {}, { position: { x: 1000, y: 100 } }),
    );
  });

  it("changes one value and shares the rest", () => {
    const before = graph([node("a", "job", { ports: [{ port: 1 }] }), node("b", "job")], [["e", "a", "b"]]);
    const after = setNodeValue(before, "a", ["ports", 0, "port"], 80);
    expect(after.nodes[0]?.data).toEqual({ ports: [{ port: 80 }] });
    expect(after.nodes[1]).toBe(before.nodes[1]);
    expect(setNodeValue(after, "a", ["ports", 0, "port"], 80)).toBe(after);
    expect(setEdgeValue(before, "e", ["as"], "mount").edges[0]?.data).toEqual({ as: "mount" });
  });

  it("keeps keys of others untouched", () => {
    const before = addNodes(graph([]), [node("a", "job", {}, { style: { color: "red" } })]);
    expect(setNodeValue(before, "a", ["name"], "x").nodes[0]).toMatchObject({ style: { color: "red" } });
  });

  it("finds the nearest place without an overlap", () => {
    const size = { width: 200, height: 80 };
    const free = freePlace(graph([]), { x: 100, y: 40 }, size);
    expect(free).toEqual({ x: 0, y: 0 });
    const next = freePlace(graph([node("a", "job")]), { x: 100, y: 40 }, size);
    expect(next).not.toEqual(free);
    expect(Math.abs(next.x) >= 200 || Math.abs(next.y) >= 80).toBe(true);
  });
});
