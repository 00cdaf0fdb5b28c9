/** Every change a person can make to a graph, as a function from one graph to the next. */

import { freeName, newId } from "./names";
import { isObject, type Path, setIn } from "./paths";
import type { Graph, GraphEdge, GraphNode, Json, JsonObject, Point, Template } from "./types";

export interface Size {
  width: number;
  height: number;
}

const GRID = 16;

export function snapped(point: Point): Point {
  return { x: Math.round(point.x / GRID) * GRID, y: Math.round(point.y / GRID) * GRID };
}

export function newNode(graph: Graph, template: Template, position: Point): GraphNode {
  const data = structuredClone(template.defaults);
  if (typeof data.name === "string") data.name = freeName(graph, template.type, data.name);
  const size = template.type === "group" ? { width: 420, height: 280 } : {};
  return { id: newId(template.type), type: template.type, position: snapped(position), data, ...size };
}

/** The upper left corner for a box of this size: where it was wished for, or the nearest place that is free. */
export function freePlace(graph: Graph, centre: Point, size: Size): Point {
  const wished = { x: centre.x - size.width / 2, y: centre.y - size.height / 2 };
  const taken = graph.nodes.filter((node) => node.type !== "group").map((node) => absolute(graph, node));
  const isFree = (place: Point) =>
    taken.every(
      (other) =>
        Math.abs(other.x - place.x) >= size.width + 16 || Math.abs(other.y - place.y) >= size.height + 32,
    );
  return spiral(wished, { width: size.width + 48, height: size.height + 56 }).find(isFree) ?? wished;
}

/** Places around a point in rings, the nearer ones first. */
function spiral(from: Point, step: Size): Point[] {
  const places: { point: Point; far: number }[] = [];
  for (let column = -RINGS; column <= RINGS; column += 1) {
    for (let row = -RINGS; row <= RINGS; row += 1) {
      const [dx, dy] = [column * step.width, row * step.height];
      places.push({ point: { x: from.x + dx, y: from.y + dy }, far: Math.hypot(dx, dy) });
    }
  }
  return places.sort((a, b) => a.far - b.far).map((place) => place.point);
}

const RINGS = 8;

export function newEdge(source: string, target: string): GraphEdge {
  return { id: newId("edge"), source, target };
}

export function addNodes(graph: Graph, nodes: readonly GraphNode[], edges: readonly GraphEdge[] = []): Graph {
  return { nodes: [...graph.nodes, ...nodes], edges: [...graph.edges, ...edges] };
}

/** Without these nodes, the edges that they had, and these edges; what lay in a removed frame stays where it is. */
export function remove(graph: Graph, nodeIds: ReadonlySet<string>, edgeIds: ReadonlySet<string>): Graph {
  const gone = new Map(graph.nodes.filter((node) => nodeIds.has(node.id)).map((node) => [node.id, node]));
  if (gone.size === 0 && !graph.edges.some((edge) => edgeIds.has(edge.id))) return graph;
  const nodes = graph.nodes
    .filter((node) => !gone.has(node.id))
    .map((node) => {
      const frame = node.parentId ? gone.get(node.parentId) : undefined;
      return frame ? withParent(node, undefined, add(node.position, frame.position)) : node;
    });
  const edges = graph.edges.filter(
    (edge) => !edgeIds.has(edge.id) && !gone.has(edge.source) && !gone.has(edge.target),
  );
  return { nodes, edges };
}

function mapNode(graph: Graph, id: string, change: (node: GraphNode) => GraphNode): Graph {
  let isChanged = false;
  const nodes = graph.nodes.map((node) => {
    if (node.id !== id) return node;
    const next = change(node);
    isChanged ||= next !== node;
    return next;
  });
  return isChanged ? { ...graph, nodes } : graph;
}

export function setNodeValue(graph: Graph, id: string, path: Path, value: Json | undefined): Graph {
  return mapNode(graph, id, (node) => {
    const data = setIn(node.data, path, value);
    return data === node.data ? node : { ...node, data: isObject(data) ? data : {} };
  });
}

export function setEdgeValue(graph: Graph, id: string, path: Path, value: Json | undefined): Graph {
  const edges = graph.edges.map((edge) => {
    if (edge.id !== id) return edge;
    const data = setIn(edge.data ?? {}, path, value);
    return { ...edge, data: isObject(data) ? data : ({} as JsonObject) };
  });
  return { ...graph, edges };
}

export function moveNodes(graph: Graph, positions: ReadonlyMap<string, Point>): Graph {
  let isChanged = false;
  const nodes = graph.nodes.map((node) => {
    const next = positions.get(node.id);
    if (!next || (next.x === node.position.x && next.y === node.position.y)) return node;
    isChanged = true;
    return { ...node, position: next };
  });
  return isChanged ? { ...graph, nodes } : graph;
}

export function resizeNode(graph: Graph, id: string, position: Point, width: number, height: number): Graph {
  return mapNode(graph, id, (node) => ({ ...node, position, width, height }));
}

/** Where a node lies on the canvas, whatever frame it is in. */
export function absolute(graph: Graph, node: GraphNode): Point {
  const frame = node.parentId && graph.nodes.find((other) => other.id === node.parentId);
  return frame ? add(node.position, frame.position) : node.position;
}

/** Puts nodes that were dropped on a frame into it, and takes those out that were dragged off one. */
export function adoptIntoFrames(graph: Graph, ids: ReadonlySet<string>): Graph {
  // Into a folded frame nothing can be dropped: it would be out of sight at once.
  const frames = graph.nodes.filter(
    (node) => node.type === "group" && node.folded !== true && !ids.has(node.id),
  );
  let next = graph;
  for (const node of graph.nodes) {
    if (!ids.has(node.id) || node.type === "group") continue;
    if (node.parentId && ids.has(node.parentId)) continue;
    const at = absolute(graph, node);
    const centre = add(at, { x: 100, y: 32 });
    const frame = frames.findLast((each) => contains(each, centre));
    if (frame?.id === node.parentId) continue;
    const position = frame ? subtract(at, frame.position) : at;
    next = mapNode(next, node.id, (each) => withParent(each, frame?.id, position));
  }
  return next;
}

function withParent(node: GraphNode, parentId: string | undefined, position: Point): GraphNode {
  const { parentId: _before, ...rest } = node;
  return (parentId === undefined ? { ...rest, position } : { ...rest, parentId, position }) as GraphNode;
}

function contains(frame: GraphNode, point: Point): boolean {
  const { x, y } = frame.position;
  return (
    point.x >= x &&
    point.y >= y &&
    point.x <= x + (frame.width ?? 420) &&
    point.y <= y + (frame.height ?? 280)
  );
}

const add = (a: Point, b: Point): Point => ({ x: a.x + b.x, y: a.y + b.y });
const subtract = (a: Point, b: Point): Point => ({ x: a.x - b.x, y: a.y - b.y });
