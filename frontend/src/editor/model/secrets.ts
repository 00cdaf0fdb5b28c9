/** Secret values on their way: written once, never kept in the browser. */

import { isObject } from "./paths";
import type { Graph, GraphNode, Json, JsonObject } from "./types";

const TYPE = "secret";
const KEY = "values";

function secretValues(node: GraphNode): JsonObject | undefined {
  const values = node.type === TYPE ? node.data[KEY] : undefined;
  return isObject(values) ? values : undefined;
}

function withValues(node: GraphNode, change: (values: JsonObject) => JsonObject): GraphNode {
  const values = secretValues(node);
  if (!values) return node;
  return { ...node, data: { ...node.data, [KEY]: change(values) } };
}

function filtered(values: JsonObject, keep: (value: Json) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => keep(value)));
}

/** For copies: neither a typed value nor a promise that the server has one. */
export function withoutSecrets(node: GraphNode): GraphNode {
  return withValues(node, () => ({}));
}

/** For what is kept in the browser: values that the server has stay as `null`, typed ones go. */
function forBrowser({ nodes, edges }: Graph): Graph {
  return {
    nodes: nodes.map((node) => withValues(node, (values) => filtered(values, (value) => value === null))),
    edges,
  };
}

/** The same for edits and what they were made on: a value typed over a stored one leaves the stored one in its place. */
export function draftOf(graph: Graph, base: Graph): { graph: Graph; base: Graph; untold: string[] } {
  const kept = forBrowser(base);
  const storedIn = new Map(kept.nodes.map((node) => [node.id, secretValues(node) ?? {}]));
  const untold: string[] = [];
  const nodes = graph.nodes.map((node) =>
    withValues(node, (values) => {
      const typed = Object.keys(values).filter((key) => values[key] !== null);
      untold.push(...typed);
      const overStored = typed.filter((key) => key in (storedIn.get(node.id) ?? {}));
      return {
        ...filtered(values, (value) => value === null),
        ...Object.fromEntries(overStored.map((key) => [key, null])),
      };
    }),
  );
  return { graph: { nodes, edges: graph.edges }, base: kept, untold };
}

/** After a save: what was sent is stored now, and read as `null` from here on. */
export function afterSave(current: Graph, sent: Graph): Graph {
  const sentNodes = new Map(sent.nodes.map((node) => [node.id, node]));
  let isChanged = false;
  const nodes = current.nodes.map((node) => {
    const values = secretValues(node);
    const before = sentNodes.get(node.id);
    const stored = before && secretValues(before);
    if (!values || !stored) return node;
    const keys = Object.keys(values).filter(
      (key) => typeof values[key] === "string" && values[key] === stored[key],
    );
    if (keys.length === 0) return node;
    isChanged = true;
    return withValues(node, (all) => ({ ...all, ...Object.fromEntries(keys.map((key) => [key, null])) }));
  });
  return isChanged ? { ...current, nodes } : current;
}

/** What the server no longer has (a removed value that an undo brought back) cannot be kept as `null`. */
export function dropLost(graph: Graph, lost: readonly { nodeId: string; key: string }[]): Graph {
  const byNode = groupByNode(lost);
  return {
    ...graph,
    nodes: graph.nodes.map((node) => {
      const keys = byNode.get(node.id)?.map((item) => item.key);
      if (!keys) return node;
      return withValues(node, (all) =>
        Object.fromEntries(Object.entries(all).filter(([key]) => !keys.includes(key))),
      );
    }),
  };
}

function groupByNode<T extends { nodeId: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(item.nodeId, [...(groups.get(item.nodeId) ?? []), item]);
  return groups;
}
