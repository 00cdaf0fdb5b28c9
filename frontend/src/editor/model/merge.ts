/** Two people changed the same picture: what each did since both had the same, brought together. Pure. */

import { isObject } from "./paths";
import type { Graph, GraphEdge, GraphNode, Json, Point } from "./types";

export type Side = "mine" | "theirs";

/** A place that both changed, each to something else. */
export interface Clash {
  key: string;
  kind: "node" | "edge";
  id: string;
  /** Where in it, dotted; empty when one side removed what the other changed. */
  field: string;
  mine: unknown;
  theirs: unknown;
}

export interface Merge {
  graph: Graph;
  clashes: Clash[];
}

/** Where a thing lies is no reason to ask anybody. */
const LOOKS = new Set(["position", "width", "height"]);

/** Everything that only one side did; where both did, `picks` decides by the clash's key (else: mine, and what exists). */
export function mergeGraphs(
  base: Graph,
  mine: Graph,
  theirs: Graph,
  picks: Readonly<Record<string, Side>> = {},
): Merge {
  const clashes: Clash[] = [];
  const nodes = mergeItems("node", [base, mine, theirs], (graph) => graph.nodes, picks, clashes);
  const ids = new Set(nodes.map((node) => node.id));
  const edges = mergeItems("edge", [base, mine, theirs], (graph) => graph.edges, picks, clashes);
  const graph = {
    nodes: nodes.map((node) => freed(node, ids, [mine, theirs])),
    edges: edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target)),
  };
  return { graph, clashes };
}

export function isSameGraph(a: Graph, b: Graph): boolean {
  return isSame(a.nodes, b.nodes) && isSame(a.edges, b.edges);
}

type Sides = readonly [base: Graph, mine: Graph, theirs: Graph];

function mergeItems<Item extends GraphNode | GraphEdge>(
  kind: Clash["kind"],
  sides: Sides,
  of: (graph: Graph) => readonly Item[],
  picks: Readonly<Record<string, Side>>,
  clashes: Clash[],
): Item[] {
  const [base, mine, theirs] = sides.map((side) => new Map(of(side).map((item) => [item.id, item])));
  const merged: Item[] = [];
  for (const id of new Set([...(mine?.keys() ?? []), ...(theirs?.keys() ?? [])])) {
    const [before, my, their] = [base?.get(id), mine?.get(id), theirs?.get(id)];
    const place = { kind, id, picks, clashes };
    const item =
      my && their ? mergeValue(before, my, their, "", place) : survivor(before, my, their, sides, place);
    if (item) merged.push(item as Item);
  }
  return merged;
}

interface Place {
  kind: Clash["kind"];
  id: string;
  picks: Readonly<Record<string, Side>>;
  clashes: Clash[];
}

/** One side has it and the other has not: added here, removed there, or removed there while it was changed here. */
function survivor<Item extends GraphNode | GraphEdge>(
  before: Item | undefined,
  my: Item | undefined,
  their: Item | undefined,
  [base, mine, theirs]: Sides,
  place: Place,
): unknown {
  const kept = my ?? their;
  if (!before || !kept) return kept;
  const isTouched = !sameButLooks(before, kept) || hasNewLine(place.id, base, my ? mine : theirs);
  if (!isTouched) return undefined;
  const side = decided(place, "", my, their, my ? "mine" : "theirs");
  return side === "mine" ? my : their;
}

function mergeValue(before: unknown, my: unknown, their: unknown, field: string, place: Place): unknown {
  if (isSame(my, their)) return my;
  if (isSame(before, my)) return their;
  if (isSame(before, their)) return my;
  if (LOOKS.has(field)) return my;
  if (!isObject(my as Json) || !isObject(their as Json)) {
    return decided(place, field, my, their, "mine") === "mine" ? my : their;
  }
  const [mine, theirs] = [my as Record<string, unknown>, their as Record<string, unknown>];
  const old = isObject(before as Json) ? (before as Record<string, unknown>) : {};
  const merged: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const value = mergeValue(old[key], mine[key], theirs[key], field === "" ? key : `${field}.${key}`, place);
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function decided(
  { kind, id, picks, clashes }: Place,
  field: string,
  mine: unknown,
  theirs: unknown,
  otherwise: Side,
) {
  const key = `${kind} ${id} ${field}`;
  clashes.push({ key, kind, id, field, mine, theirs });
  return picks[key] ?? otherwise;
}

function hasNewLine(id: string, base: Graph, side: Graph): boolean {
  const old = new Set(base.edges.map((edge) => edge.id));
  return side.edges.some((edge) => !old.has(edge.id) && (edge.source === id || edge.target === id));
}

/** A frame that is gone leaves what lay in it where it was. */
function freed(node: GraphNode, ids: ReadonlySet<string>, sides: readonly Graph[]): GraphNode {
  const { parentId, ...rest } = node;
  if (parentId === undefined || ids.has(parentId)) return node;
  const frame = sides.flatMap((side) => side.nodes).find((each) => each.id === parentId);
  const at: Point = frame?.position ?? { x: 0, y: 0 };
  return { ...rest, position: { x: node.position.x + at.x, y: node.position.y + at.y } } as GraphNode;
}

function sameButLooks(a: GraphNode | GraphEdge, b: GraphNode | GraphEdge): boolean {
  const bare = (item: object) => Object.fromEntries(Object.entries(item).filter(([key]) => !LOOKS.has(key)));
  return isSame(bare(a), bare(b));
}

/** By content, whatever the order of keys. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left).filter((key) => left[key] !== undefined);
  if (keys.length !== Object.keys(right).filter((key) => right[key] !== undefined).length) return false;
  return keys.every((key) => isSame(left[key], right[key]));
}
