/** What is selected, and which place of it a problem points at. */

import { createStore, type StoreApi } from "zustand/vanilla";

export interface SelectionState {
  nodeIds: ReadonlySet<string>;
  edgeIds: ReadonlySet<string>;
  /** A field that the form should open and show, with a number that grows, so that asking twice works. */
  focus: { field: string; turn: number } | null;
  select: (nodeIds: Iterable<string>, edgeIds?: Iterable<string>, field?: string | null) => void;
}

export type SelectionStore = StoreApi<SelectionState>;

const same = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
  a.size === b.size && [...a].every((id) => b.has(id));

export function createSelectionStore(): SelectionStore {
  return createStore<SelectionState>()((set, get) => ({
    nodeIds: new Set(),
    edgeIds: new Set(),
    focus: null,
    select: (nodes, edges = [], field = null) => {
      const before = get();
      const nodeIds = new Set(nodes);
      const edgeIds = new Set(edges);
      const isSame = same(nodeIds, before.nodeIds) && same(edgeIds, before.edgeIds);
      if (isSame && field === null) return;
      const focus = field === null ? null : { field, turn: (before.focus?.turn ?? 0) + 1 };
      set(isSame ? { focus } : { nodeIds, edgeIds, focus });
    },
  }));
}
