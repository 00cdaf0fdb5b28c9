import { expect, it } from "vitest";
import type { Graph } from "../model/types";
import { patchLines } from "./patch";

const graph: Graph = {
  nodes: [
    {
      id: "n1",
      type: "deployment",
      position: { x: 0, y: 0 },
      data: { name: "web", image: "nginx:no", labels: { "a/b": "c" } },
    },
  ],
  edges: [],
};

it("names the node and the field, with what was there", () => {
  const lines = patchLines(
    [
      { op: "replace", path: "/nodes/0/data/image", value: "nginx:1" },
      { op: "remove", path: "/nodes/0/data/labels/a~1b" },
      { op: "add", path: "/edges/-", value: { id: "e1" } },
      { op: "test", path: "/nodes/0/id", value: "n1" },
    ],
    graph,
  );
  expect(lines).toEqual([
    { op: "replace", where: "web", path: "image", from: "nginx:no", to: "nginx:1" },
    { op: "remove", where: "web", path: "labels.a/b", from: "c", to: null },
    { op: "add", where: "", path: "edges.-", from: null, to: { id: "e1" } },
  ]);
});
