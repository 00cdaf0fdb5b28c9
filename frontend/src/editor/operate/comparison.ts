/** Two graphs as one picture: what came, what went, what changed. Pure. */
import { BOX_HEIGHT, BOX_WIDTH } from "../model/flow";
import { nodeName } from "../model/names";
import type { Graph, GraphNode, Point } from "../model/types";
import type { Comparison } from "./calls";

export type Mark = "added" | "removed" | "changed" | "same";

interface Box {
  id: string;
  type: string;
  name: string;
  x: number;
  y: number;
  mark: Mark;
}

interface Link {
  id: string;
  from: Point;
  to: Point;
  mark: Mark;
}

export interface Picture {
  boxes: Box[];
  links: Link[];
  width: number;
  height: number;
}

const MARGIN = 24;
/** Notes and frames are for the eye: they are no change of what runs. */
const DRAWN: ReadonlySet<string> = new Set(["group", "note"]);

export function pictureOf(before: Graph, after: Graph, found: Comparison): Picture {
  const marks = marksOf(found.nodes);
  const gone = new Set(found.nodes.removed.map((node) => node.id));
  const shown = [...placed(after), ...placed(before).filter(({ node }) => gone.has(node.id))].filter(
    ({ node }) => !DRAWN.has(node.type),
  );
  const left = Math.min(...shown.map(({ at }) => at.x), Number.POSITIVE_INFINITY);
  const top = Math.min(...shown.map(({ at }) => at.y), Number.POSITIVE_INFINITY);
  const boxes = shown.map(({ node, at }) => ({
    id: node.id,
    type: node.type,
    name: nodeName(node),
    x: at.x - left + MARGIN,
    y: at.y - top + MARGIN,
    mark: marks.get(node.id) ?? "same",
  }));
  return {
    boxes,
    links: linksOf(before, after, found, boxes),
    width: Math.max(0, ...boxes.map((box) => box.x + BOX_WIDTH)) + MARGIN,
    height: Math.max(0, ...boxes.map((box) => box.y + BOX_HEIGHT)) + MARGIN,
  };
}

function marksOf(changes: { added: { id: string }[]; removed: { id: string }[]; changed: { id: string }[] }) {
  const marks = new Map<string, Mark>();
  for (const mark of ["added", "removed", "changed"] as const) {
    for (const { id } of changes[mark]) marks.set(id, mark);
  }
  return marks;
}

/** What lies in a frame has its place within it. */
function placed(graph: Graph): { node: GraphNode; at: Point }[] {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  return graph.nodes.map((node) => {
    const frame = node.parentId ? byId.get(node.parentId) : undefined;
    const { x, y } = frame?.position ?? { x: 0, y: 0 };
    return { node, at: { x: node.position.x + x, y: node.position.y + y } };
  });
}

function linksOf(before: Graph, after: Graph, found: Comparison, boxes: readonly Box[]): Link[] {
  const marks = marksOf(found.edges);
  const at = new Map(boxes.map((box) => [box.id, box]));
  const gone = new Set(found.edges.removed.map((edge) => edge.id));
  return [...after.edges, ...before.edges.filter((edge) => gone.has(edge.id))].flatMap((edge) => {
    const [source, target] = [at.get(edge.source), at.get(edge.target)];
    if (!source || !target) return [];
    return [
      {
        id: edge.id,
        from: { x: source.x + BOX_WIDTH, y: source.y + 28 },
        to: { x: target.x, y: target.y + 28 },
        mark: marks.get(edge.id) ?? "same",
      },
    ];
  });
}

export function isSame({ nodes, edges }: Comparison): boolean {
  return [nodes.added, nodes.removed, nodes.changed, edges.added, edges.removed, edges.changed].every(
    (list) => list.length === 0,
  );
}
