import { describe, expect, it } from "vitest";
import type { Graph, GraphNode } from "../model/types";
import type { Comparison } from "./calls";
import { isSame, pictureOf } from "./comparison";

const node = (id: string, x: number, y: number, more: Partial<GraphNode> = {}): GraphNode => ({
  id,
  type: "deployment",
  position: { x, y },
  data: { name: id },
  ...more,
});

const before: Graph = {
  nodes: [node("web", 100, 100), node("old", 100, 300)],
  edges: [{ id: "e1", source: "old", target: "web" }],
};
const after: Graph = {
  nodes: [
    node("frame", 500, 0, { type: "group" }),
    node("new", 20, 30, { parentId: "frame" }),
    node("web", 100, 100),
  ],
  edges: [{ id: "e2", source: "web", target: "new" }],
};
const name = (id: string) => ({ id, type: "deployment", name: id });
const found: Comparison = {
  v1: 1,
  v2: "draft",
  nodes: {
    added: [name("new")],
    removed: [name("old")],
    changed: [{ ...name("web"), changes: [{ path: "data.image", from: "a", to: "b" }] }],
    moved: [],
  },
  edges: {
    added: [{ id: "e2", source: "web", target: "new" }],
    removed: [{ id: "e1", source: "old", target: "web" }],
    changed: [],
  },
};

describe("two versions in one picture", () => {
  it("shows what came, what went and what changed, each in its place", () => {
    const picture = pictureOf(before, after, found);
    expect(picture.boxes.map((box) => [box.id, box.mark, box.x, box.y])).toEqual([
      ["new", "added", 444, 24],
      ["web", "changed", 24, 94],
      ["old", "removed", 24, 294],
    ]);
    expect(picture.links.map((link) => [link.id, link.mark])).toEqual([
      ["e2", "added"],
      ["e1", "removed"],
    ]);
  });

  it("is empty without a fuss", () => {
    const none: Comparison = {
      ...found,
      nodes: { added: [], removed: [], changed: [], moved: [] },
      edges: { added: [], removed: [], changed: [] },
    };
    const nothing: Graph = { nodes: [], edges: [] };
    expect(pictureOf(nothing, nothing, none).boxes).toEqual([]);
    expect(isSame(none)).toBe(true);
    expect(isSame(found)).toBe(false);
  });
});
