/** Places for nodes that leave no line hidden. Pure; runs in a worker, so that a large graph does not block. */

import { Graph as Dagre, layout } from "@dagrejs/dagre";
import type { Point } from "./types";

export interface Box {
  id: string;
  width: number;
  height: number;
}

export interface Line {
  source: string;
  target: string;
}

export interface LayoutRequest {
  boxes: Box[];
  lines: Line[];
}

/** From left to right; what is joined to nothing goes below in rows. */
export function layoutOf({ boxes, lines }: LayoutRequest): Record<string, Point> {
  const known = new Set(boxes.map((box) => box.id));
  const real = lines.filter((line) => known.has(line.source) && known.has(line.target));
  const joined = new Set(real.flatMap((line) => [line.source, line.target]));
  const places = layered(
    boxes.filter((box) => joined.has(box.id)),
    real,
  );
  const loose = boxes.filter((box) => !joined.has(box.id));
  return { ...places.at, ...rows(loose, places.bottom) };
}

function layered(
  boxes: readonly Box[],
  lines: readonly Line[],
): { at: Record<string, Point>; bottom: number } {
  if (boxes.length === 0) return { at: {}, bottom: 0 };
  const graph = new Dagre({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 40, ranksep: 130, edgesep: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of boxes) graph.setNode(box.id, { width: box.width, height: box.height });
  lines.forEach((line, index) => {
    graph.setEdge(line.source, line.target, {}, String(index));
  });
  layout(graph);
  const at: Record<string, Point> = {};
  let bottom = 0;
  for (const box of boxes) {
    const { x, y } = graph.node(box.id) as Point;
    at[box.id] = { x: round(x - box.width / 2), y: round(y - box.height / 2) };
    bottom = Math.max(bottom, y + box.height / 2 + 64);
  }
  return { at, bottom: round(bottom) };
}

const PER_ROW = 5;

function rows(boxes: readonly Box[], top: number): Record<string, Point> {
  const at: Record<string, Point> = {};
  let y = top;
  for (let start = 0; start < boxes.length; start += PER_ROW) {
    const row = boxes.slice(start, start + PER_ROW);
    let x = 0;
    for (const box of row) {
      at[box.id] = { x, y };
      x += round(box.width + 48);
    }
    y += round(Math.max(...row.map((box) => box.height)) + 48);
  }
  return at;
}

const round = (value: number) => Math.round(value / 16) * 16;
