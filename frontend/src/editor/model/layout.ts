/** Places for nodes that leave no line hidden. Pure; runs in a worker, so that a large graph does not block. */

import { Graph as Dagre, layout } from "@dagrejs/dagre";
import type { Point } from "./types";

interface Box {
  id: string;
  width: number;
  height: number;
}

interface Line {
  source: string;
  target: string;
}

export interface LayoutRequest {
  boxes: Box[];
  lines: Line[];
}

/** One part of the picture that hangs together, with its upper left corner at 0, 0. */
interface Island {
  at: Record<string, Point>;
  width: number;
  height: number;
}

const GAP = 80;

/** Each island from left to right by its lines; the islands side by side in rows, about as wide as a screen is. */
export function layoutOf({ boxes, lines }: LayoutRequest): Record<string, Point> {
  const known = new Set(boxes.map((box) => box.id));
  const real = lines.filter((line) => known.has(line.source) && known.has(line.target));
  return packed(islandsOf(boxes, real).map((ids) => layered(ids, boxes, real)));
}

/** The ids that hang together, in the order in which their first box comes. */
function islandsOf(boxes: readonly Box[], lines: readonly Line[]): Set<string>[] {
  const neighbours = new Map<string, string[]>(boxes.map((box) => [box.id, []]));
  for (const { source, target } of lines) {
    neighbours.get(source)?.push(target);
    neighbours.get(target)?.push(source);
  }
  const seen = new Set<string>();
  const islands: Set<string>[] = [];
  for (const { id } of boxes) {
    if (seen.has(id)) continue;
    const island = new Set([id]);
    // A set is walked together with what is added to it on the way.
    for (const member of island) {
      for (const neighbour of neighbours.get(member) ?? []) island.add(neighbour);
    }
    for (const member of island) seen.add(member);
    islands.push(island);
  }
  return islands;
}

function layered(ids: ReadonlySet<string>, boxes: readonly Box[], lines: readonly Line[]): Island {
  const own = boxes.filter((box) => ids.has(box.id));
  const graph = new Dagre({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 40, ranksep: 130, edgesep: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of own) graph.setNode(box.id, { width: box.width, height: box.height });
  lines.forEach((line, index) => {
    if (ids.has(line.source)) graph.setEdge(line.source, line.target, {}, String(index));
  });
  layout(graph);
  const island: Island = { at: {}, width: 0, height: 0 };
  for (const box of own) {
    const { x, y } = graph.node(box.id) as Point;
    island.at[box.id] = { x: x - box.width / 2, y: y - box.height / 2 };
    island.width = Math.max(island.width, x + box.width / 2);
    island.height = Math.max(island.height, y + box.height / 2);
  }
  return island;
}

/** On shelves: the tallest first, so that little room is lost. */
function packed(islands: readonly Island[]): Record<string, Point> {
  const area = islands.reduce((sum, island) => sum + (island.width + GAP) * (island.height + GAP), 0);
  const limit = Math.max(Math.sqrt(area * 1.6), ...islands.map((island) => island.width));
  const at: Record<string, Point> = {};
  let [x, y, shelf] = [0, 0, 0];
  for (const island of islands.toSorted((a, b) => b.height - a.height)) {
    if (x > 0 && x + island.width > limit) [x, y, shelf] = [0, y + shelf + GAP, 0];
    for (const [id, place] of Object.entries(island.at))
      at[id] = { x: round(x + place.x), y: round(y + place.y) };
    x += island.width + GAP;
    shelf = Math.max(shelf, island.height);
  }
  return at;
}

const round = (value: number) => Math.round(value / 16) * 16;
