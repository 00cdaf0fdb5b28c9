/** Edits that have not reached the server, kept in the browser. Secret values never go there. */

import { forBrowser } from "../model/secrets";
import type { Graph } from "../model/types";

export interface Draft {
  graph: Graph;
  /** The ETag of what the edits were made on. */
  etag: string | null;
  at: number;
}

export interface Drafts {
  read: () => Draft | null;
  write: (graph: Graph, etag: string | null) => void;
  clear: () => void;
}

export function draftsOf(workflowId: string, storage: Storage = localStorage): Drafts {
  const key = `sailcloth.draft.${workflowId}`;
  return {
    read: () => {
      try {
        const draft = JSON.parse(storage.getItem(key) ?? "null") as Draft | null;
        return draft && Array.isArray(draft.graph?.nodes) && Array.isArray(draft.graph.edges) ? draft : null;
      } catch {
        return null;
      }
    },
    write: (graph, etag) => {
      const draft: Draft = {
        graph: forBrowser({ nodes: graph.nodes, edges: graph.edges }),
        etag,
        at: Date.now(),
      };
      try {
        storage.setItem(key, JSON.stringify(draft));
      } catch {
        // No room, or no storage at all: the edits are on the screen still.
      }
    },
    clear: () => storage.removeItem(key),
  };
}

/** Whether a draft says anything that the server's graph does not. */
export function differs(draft: Draft, graph: Graph): boolean {
  return canonical(draft.graph) !== canonical(forBrowser(graph));
}

/** The same text for graphs that say the same. */
export function canonical(graph: Graph): string {
  const sorted = (_key: string, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify({ nodes: graph.nodes, edges: graph.edges }, sorted);
}
