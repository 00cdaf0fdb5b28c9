/** What kept edits come to. Pure. */

import { isSame, isSameGraph, mergeGraphs } from "../model/merge";
import type { Graph } from "../model/types";

/** False once they are on the server after all: the tab was gone before it heard of its last save. */
export function isNews(draft: { base: Graph; graph: Graph }, server: Graph): boolean {
  const { graph, clashes } = mergeGraphs(draft.base, draft.graph, server);
  return clashes.length > 0 || !isSameGraph(graph, server);
}

export interface Summary {
  added: number;
  changed: number;
  removed: number;
}

/** Counts nodes and connections together. */
export function summaryOf(before: Graph, after: Graph): Summary {
  const [old, now] = [before, after].map(
    ({ nodes, edges }) => new Map<string, object>([...nodes, ...edges].map((item) => [item.id, item])),
  ) as [Map<string, object>, Map<string, object>];
  const kept = [...now].filter(([id]) => old.has(id));
  return {
    added: now.size - kept.length,
    changed: kept.filter(([id, item]) => !isSame(old.get(id), item)).length,
    removed: old.size - kept.length,
  };
}
