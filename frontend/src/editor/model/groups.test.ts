import { describe, expect, it } from "vitest";
import { toFlowEdges, toFlowNodes } from "./flow";
import { align, distribute, groupNodes, setFolded, ungroup } from "./groups";
import { Rules } from "./rules";
import { graph, node, TEMPLATES, templateOf } from "./testing/fixtures";
import type { Graph } from "./types";

const rules = new Rules(TEMPLATES);
const size = () => ({ width: 100, height: 50 });
const at = (id: string, x: number, y: number, type = "job") => node(id, type, {}, { position: { x, y } });
const places = (of: Graph) => of.nodes.map(({ id, position }) => [id, position.x, position.y]);

describe("frames", () => {
  const start = graph(
    [at("a", 100, 100, "service"), at("b", 300, 200), at("c", 900, 0)],
    [
      ["ab", "a", "b"],
      ["ac", "a", "c"],
    ],
  );
  const made = groupNodes(start, new Set(["a", "b"]), templateOf("group"), size);
  const framed = made?.graph ?? start;
  const frameId = made?.frameId ?? "";

  it("go around what was chosen, which stays where it is", () => {
    const [frame, a] = framed.nodes;
    expect(frame).toMatchObject({ type: "group", position: { x: 68, y: 60 }, width: 364, height: 222 });
    expect(a).toMatchObject({ parentId: frameId, position: { x: 32, y: 40 } });
    expect(places(ungroup(framed, new Set([frameId])))).toEqual(places(start));
    expect(groupNodes(start, new Set(), templateOf("group"), size)).toBeNull();
  });

  it("are folded to one box, to which the lines of what is inside lead", () => {
    const folded = setFolded(framed, new Set([frameId]), true);
    const boxes = toFlowNodes(folded, rules, toFlowNodes(framed, rules, []));
    expect(boxes.filter((box) => box.hidden).map((box) => box.id)).toEqual(["a", "b"]);
    const lines = toFlowEdges(folded, rules, []);
    expect(lines.map(({ id, source, target }) => [id, source, target])).toEqual([["ac", frameId, "c"]]);
    const open = setFolded(folded, new Set([frameId]), false);
    expect(open).toEqual(framed);
    expect(toFlowNodes(open, rules, boxes).some((box) => box.hidden)).toBe(false);
  });

  it("bundle the lines that would lie on each other", () => {
    const two = { ...framed, edges: [...framed.edges, { id: "bc", source: "b", target: "c" }] };
    const lines = toFlowEdges(setFolded(two, new Set([frameId]), true), rules, []);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ source: frameId, target: "c", data: { bundled: 2 }, selectable: false });
  });
});

describe("in line", () => {
  const start = graph([at("a", 0, 0), at("b", 40, 100), at("c", 400, 300)]);
  const all = new Set(["a", "b", "c"]);

  it.each([
    ["left", [0, 0, 0]],
    ["centre", [200, 200, 200]],
    ["right", [400, 400, 400]],
  ] as const)("%s", (side, xs) => {
    expect(align(start, all, side, size).nodes.map((each) => each.position.x)).toEqual(xs);
  });

  it("by their middle, and with equal gaps", () => {
    expect(align(start, all, "middle", size).nodes.map((each) => each.position.y)).toEqual([150, 150, 150]);
    expect(distribute(start, all, "across", size).nodes.map((each) => each.position.x)).toEqual([
      0, 200, 400,
    ]);
    expect(distribute(start, all, "down", size).nodes.map((each) => each.position.y)).toEqual([0, 150, 300]);
    expect(align(start, new Set(["a"]), "left", size)).toBe(start);
  });

  it("what lies in a frame is moved by where it is seen", () => {
    const inside = node("i", "job", {}, { parentId: "g", position: { x: 10, y: 10 } });
    const framed = graph([at("g", 500, 500, "group"), inside, at("o", 0, 0)]);
    const aligned = align(framed, new Set(["i", "o"]), "left", size);
    expect(aligned.nodes[1]?.position).toEqual({ x: -500, y: 10 });
  });
});
