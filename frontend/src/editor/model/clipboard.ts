/** Copying parts of a graph as text, so that they can be pasted into another tab or workflow. */

import { freeName, newId, nodeName } from "./names";
import { isObject } from "./paths";
import type { Rules } from "./rules";
import { withoutSecrets } from "./secrets";
import type { Graph, GraphEdge, GraphNode, Point } from "./types";

const MARK = "sailcloth/graph";

/** The chosen nodes with the edges between them; secret values are left out. */
export function copyOf(graph: Graph, ids: ReadonlySet<string>): Graph {
  const inFrames = new Set(
    graph.nodes.filter((node) => node.parentId && ids.has(node.parentId)).map((node) => node.id),
  );
  const chosen = (id: string) => ids.has(id) || inFrames.has(id);
  return {
    nodes: graph.nodes.filter((node) => chosen(node.id)).map(withoutSecrets),
    edges: graph.edges.filter((edge) => chosen(edge.source) && chosen(edge.target)),
  };
}

export function toText(part: Graph): string {
  return JSON.stringify({ [MARK]: 1, ...part });
}

/** What a clipboard holds, if it is ours and its types are known here. */
export function fromText(text: string, rules: Rules): Graph | null {
  if (!text.includes(MARK)) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isObject(parsed) || !Array.isArray(parsed.nodes) || !Array.isArray(parsed.edges)) return null;
    const nodes = (parsed.nodes as unknown as GraphNode[]).filter(
      (node) => isNode(node) && rules.template(node.type),
    );
    const known = new Map(nodes.map((node) => [node.id, node.type]));
    const edges = (parsed.edges as unknown as GraphEdge[]).filter((edge) => {
      const [source, target] = [known.get(edge.source), known.get(edge.target)];
      return source !== undefined && target !== undefined && rules.connection(source, target) !== undefined;
    });
    return nodes.length > 0 ? { nodes, edges } : null;
  } catch {
    return null;
  }
}

function isNode(node: GraphNode): boolean {
  return typeof node.id === "string" && isObject(node.data) && typeof node.position?.x === "number";
}

/** The part with fresh ids and free names; `at` is where its upper left corner goes, else a little aside. */
export function placed(graph: Graph, part: Graph, at?: Point): Graph {
  const ids = new Map(part.nodes.map((node) => [node.id, newId(node.type)]));
  const free = part.nodes.filter((node) => !node.parentId || !ids.has(node.parentId));
  const corner = {
    x: Math.min(...free.map((node) => node.position.x)),
    y: Math.min(...free.map((node) => node.position.y)),
  };
  const shift = at ? { x: at.x - corner.x, y: at.y - corner.y } : { x: 32, y: 32 };
  const nodes: GraphNode[] = [];
  for (const node of part.nodes) {
    const { parentId, ...rest } = node;
    const frame = parentId === undefined ? undefined : ids.get(parentId);
    const position = frame ? node.position : { x: node.position.x + shift.x, y: node.position.y + shift.y };
    const name = freeName({ nodes: [...graph.nodes, ...nodes], edges: [] }, node.type, nodeName(node));
    const data = name === "" ? structuredClone(node.data) : { ...structuredClone(node.data), name };
    const copy = { ...rest, id: ids.get(node.id) ?? newId(node.type), position, data } as GraphNode;
    nodes.push(frame ? { ...copy, parentId: frame } : copy);
  }
  const edges = part.edges.map((edge) => ({
    ...structuredClone(edge),
    id: newId("edge"),
    source: ids.get(edge.source) ?? edge.source,
    target: ids.get(edge.target) ?? edge.target,
  }));
  return { nodes, edges };
}
