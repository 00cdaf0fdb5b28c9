/** Frames around nodes: made, undone, folded to one box; and nodes brought into line. Pure. */

import { absolute, moveNodes, remove, type Size } from "./edits";
import { newId } from "./names";
import type { Graph, GraphNode, Point, Template } from "./types";

export type Side = "left" | "centre" | "right" | "top" | "middle" | "bottom";
export type Axis = "across" | "down";
export type SizeOf = (id: string) => Size;

const PADDING = 32;
const TITLE = 40;

/** Whether a frame is shown as one box. Kept beside `data`, since it says nothing about what runs. */
export function isFolded(node: GraphNode): boolean {
  return node.type === "group" && node.folded === true;
}

export function setFolded(graph: Graph, ids: ReadonlySet<string>, folded: boolean): Graph {
  if (!graph.nodes.some((node) => ids.has(node.id) && node.type === "group" && isFolded(node) !== folded))
    return graph;
  const nodes = graph.nodes.map((node) => {
    if (!ids.has(node.id) || node.type !== "group") return node;
    const { folded: _before, ...rest } = node;
    return (folded ? { ...rest, folded } : rest) as GraphNode;
  });
  return { ...graph, nodes };
}

/** For each node in a folded frame, that frame. */
export function foldsOf(graph: Graph): ReadonlyMap<string, string> {
  const folded = new Set(graph.nodes.filter(isFolded).map((node) => node.id));
  if (folded.size === 0) return NO_FOLDS;
  return new Map(
    graph.nodes.flatMap((node) =>
      node.parentId && folded.has(node.parentId) ? [[node.id, node.parentId]] : [],
    ),
  );
}

const NO_FOLDS: ReadonlyMap<string, string> = new Map();

/** A new frame around these nodes, taken out of what frames they were in; null when there is nothing to frame. */
export function groupNodes(
  graph: Graph,
  ids: ReadonlySet<string>,
  template: Template,
  sizeOf: SizeOf,
): { graph: Graph; frameId: string } | null {
  const members = graph.nodes.filter((node) => ids.has(node.id) && node.type !== "group");
  if (members.length === 0) return null;
  const boxes = members.map((node) => boxOf(graph, node, sizeOf));
  const corner = {
    x: Math.min(...boxes.map((box) => box.x)) - PADDING,
    y: Math.min(...boxes.map((box) => box.y)) - TITLE,
  };
  const frame: GraphNode = {
    id: newId("group"),
    type: "group",
    position: corner,
    data: structuredClone(template.defaults),
    width: Math.max(...boxes.map((box) => box.x + box.width)) + PADDING - corner.x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) + PADDING - corner.y,
  };
  const inside = new Map(members.map((node) => [node.id, absolute(graph, node)]));
  const nodes = graph.nodes.map((node) => {
    const at = inside.get(node.id);
    return at ? { ...node, parentId: frame.id, position: { x: at.x - corner.x, y: at.y - corner.y } } : node;
  });
  return { graph: { ...graph, nodes: [frame, ...nodes] }, frameId: frame.id };
}

/** Without these frames; what lay in them stays where it is. */
export function ungroup(graph: Graph, ids: ReadonlySet<string>): Graph {
  const frames = graph.nodes
    .filter((node) => ids.has(node.id) && node.type === "group")
    .map((node) => node.id);
  return remove(graph, new Set(frames), new Set());
}

export function align(graph: Graph, ids: ReadonlySet<string>, side: Side, sizeOf: SizeOf): Graph {
  const boxes = chosen(graph, ids, sizeOf);
  if (boxes.length < 2) return graph;
  const [left, top] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  const place: Record<Side, (box: Box) => Partial<Point>> = {
    left: () => ({ x: left }),
    centre: (box) => ({ x: (left + right - box.width) / 2 }),
    right: (box) => ({ x: right - box.width }),
    top: () => ({ y: top }),
    middle: (box) => ({ y: (top + bottom - box.height) / 2 }),
    bottom: (box) => ({ y: bottom - box.height }),
  };
  return moved(graph, boxes, place[side]);
}

/** The same gap between each and the next; the outermost stay where they are. */
export function distribute(graph: Graph, ids: ReadonlySet<string>, axis: Axis, sizeOf: SizeOf): Graph {
  const [at, length] = axis === "across" ? (["x", "width"] as const) : (["y", "height"] as const);
  const boxes = chosen(graph, ids, sizeOf).sort((a, b) => a[at] - b[at]);
  const [first, last] = [boxes[0], boxes.at(-1)];
  if (boxes.length < 3 || !first || !last) return graph;
  const room = last[at] + last[length] - first[at] - boxes.reduce((sum, box) => sum + box[length], 0);
  const gap = room / (boxes.length - 1);
  const places = new Map<string, number>();
  let next = first[at];
  for (const box of boxes) {
    places.set(box.id, next);
    next += box[length] + gap;
  }
  return moved(graph, boxes, (box) => ({ [at]: places.get(box.id) ?? box[at] }));
}

interface Box extends Point, Size {
  id: string;
}

function boxOf(graph: Graph, node: GraphNode, sizeOf: SizeOf): Box {
  return { id: node.id, ...absolute(graph, node), ...sizeOf(node.id) };
}

/** What lies in a chosen frame goes with it, and is not moved twice. */
function chosen(graph: Graph, ids: ReadonlySet<string>, sizeOf: SizeOf): Box[] {
  return graph.nodes
    .filter((node) => ids.has(node.id) && !(node.parentId && ids.has(node.parentId)))
    .map((node) => boxOf(graph, node, sizeOf));
}

function moved(graph: Graph, boxes: readonly Box[], place: (box: Box) => Partial<Point>): Graph {
  const positions = new Map<string, Point>();
  for (const box of boxes) {
    const node = graph.nodes.find((each) => each.id === box.id);
    const to = { x: box.x, y: box.y, ...place(box) };
    if (!node) continue;
    positions.set(box.id, {
      x: Math.round(node.position.x + to.x - box.x),
      y: Math.round(node.position.y + to.y - box.y),
    });
  }
  return moveNodes(graph, positions);
}
