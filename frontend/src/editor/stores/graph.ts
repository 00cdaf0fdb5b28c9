/** The graph and its history. Knows neither what is selected nor whether it is saved. */

import { createStore, type StoreApi } from "zustand/vanilla";
import { emptyHistory, type History, recorded, redone, undone } from "../model/history";
import type { Graph } from "../model/types";

export interface GraphState {
  graph: Graph;
  history: History<Graph>;
  /** Replaces everything and forgets the history: after loading. */
  load: (graph: Graph) => void;
  /** One step of a person. Steps with the same `key` in quick succession are undone together. */
  edit: (change: (graph: Graph) => Graph, key?: string) => void;
  /** A change that nobody made: not a step to undo. */
  amend: (change: (graph: Graph) => Graph) => void;
  undo: () => void;
  redo: () => void;
}

export type GraphStore = StoreApi<GraphState>;

export function createGraphStore(now: () => number = Date.now): GraphStore {
  return createStore<GraphState>()((set, get) => ({
    graph: { nodes: [], edges: [] },
    history: emptyHistory(),
    load: (graph) => set({ graph, history: emptyHistory() }),
    edit: (change, key) => {
      const { graph, history } = get();
      const next = change(graph);
      if (next !== graph) set({ graph: next, history: recorded(history, graph, key ?? null, now()) });
    },
    amend: (change) => set({ graph: change(get().graph) }),
    undo: () => {
      const step = undone(get().history, get().graph);
      if (step) set({ graph: step.value, history: step.history });
    },
    redo: () => {
      const step = redone(get().history, get().graph);
      if (step) set({ graph: step.value, history: step.history });
    },
  }));
}
