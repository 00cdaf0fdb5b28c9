import { describe, expect, it } from "vitest";
import { isSameGraph, mergeGraphs } from "./merge";
import { graph, node } from "./testing/fixtures";

const BASE = graph(
  [
    node("a", "deployment", { name: "web", image: "nginx:1", replicas: 1 }),
    node("b", "service", { name: "front" }),
  ],
  [["e", "b", "a"]],
);

const web = (data: object, rest = {}) =>
  node("a", "deployment", { name: "web", image: "nginx:1", replicas: 1, ...data }, rest);
const front = node("b", "service", { name: "front" });

describe("three-way merge", () => {
  it("brings together what each did alone", () => {
    const mine = graph([web({ image: "nginx:2" }), front, node("m", "job")], [["e", "b", "a"]]);
    const theirs = graph(
      [web({ replicas: 3 }, { position: { x: 64, y: 0 } }), front, node("t", "secret")],
      [],
    );
    const { graph: merged, clashes } = mergeGraphs(BASE, mine, theirs);
    expect(clashes).toEqual([]);
    expect(merged.nodes.map((each) => each.id)).toEqual(["a", "b", "m", "t"]);
    expect(merged.nodes[0]).toMatchObject({ position: { x: 64 }, data: { image: "nginx:2", replicas: 3 } });
    expect(merged.edges).toEqual([]);
  });

  it("asks where both changed the same field, and takes what was picked", () => {
    const mine = graph([web({ image: "nginx:2" }), front], [["e", "b", "a"]]);
    const theirs = graph([web({ image: "nginx:3" }), front], [["e", "b", "a"]]);
    const { graph: merged, clashes } = mergeGraphs(BASE, mine, theirs);
    expect(clashes).toMatchObject([
      { kind: "node", id: "a", field: "data.image", mine: "nginx:2", theirs: "nginx:3" },
    ]);
    expect(merged.nodes[0]?.data.image).toBe("nginx:2");
    const picked = mergeGraphs(BASE, mine, theirs, { [clashes[0]?.key ?? ""]: "theirs" });
    expect(picked.graph.nodes[0]?.data.image).toBe("nginx:3");
  });

  it("asks when one removed what the other changed or connected, and keeps it until then", () => {
    const removed = graph([front]);
    const changed = graph([web({ replicas: 2 }), front], [["e", "b", "a"]]);
    for (const [mine, theirs, gone] of [
      [removed, changed, "mine"],
      [changed, removed, "theirs"],
    ] as const) {
      const { graph: merged, clashes } = mergeGraphs(BASE, mine, theirs);
      expect(merged.nodes.map((each) => each.id).sort()).toEqual(["a", "b"]);
      expect(clashes).toMatchObject([{ id: "a", field: "" }]);
      const without = mergeGraphs(BASE, mine, theirs, { [clashes[0]?.key ?? ""]: gone });
      expect(without.graph.nodes.map((each) => each.id)).toEqual(["b"]);
      expect(without.graph.edges).toEqual([]);
    }
    const connected = graph(
      [...BASE.nodes, node("j", "job")],
      [
        ["e", "b", "a"],
        ["n", "a", "j"],
      ],
    );
    expect(mergeGraphs(BASE, removed, connected).clashes).toMatchObject([{ id: "a" }]);
  });

  it("removes what one removed and the other left alone, however it was moved", () => {
    const moved = graph([web({}, { position: { x: 300, y: 0 } }), front], [["e", "b", "a"]]);
    const { graph: merged, clashes } = mergeGraphs(BASE, moved, graph([front]));
    expect(clashes).toEqual([]);
    expect(merged).toEqual(graph([front]));
  });

  it("leaves what lay in a removed frame where it was", () => {
    const frame = node("g", "group", {}, { position: { x: 100, y: 100 } });
    const inside = (data: object) =>
      node("j", "job", { ...data }, { parentId: "g", position: { x: 10, y: 10 } });
    const outside = node("j", "job", {}, { position: { x: 110, y: 110 } });
    const { graph: merged } = mergeGraphs(
      graph([frame, inside({})]),
      graph([frame, inside({ name: "n" })]),
      graph([outside]),
    );
    expect(merged.nodes[0]).toMatchObject({ id: "j", data: { name: "n" } });
    expect(merged.nodes[0]?.parentId).toBeUndefined();
  });

  it("does not mind the order of keys", () => {
    expect(
      isSameGraph(graph([node("a", "job", { x: 1, y: 2 })]), graph([node("a", "job", { y: 2, x: 1 })])),
    ).toBe(true);
    expect(isSameGraph(graph([node("a", "job", { x: 1 })]), graph([node("a", "job", { x: 2 })]))).toBe(false);
  });
});
