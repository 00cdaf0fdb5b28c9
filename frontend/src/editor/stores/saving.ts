/** Whether what is on the screen is also on the server, and what the server thinks of it. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Clash } from "../model/merge";
import { indexProblems, type ProblemIndex } from "../model/problems";
import type { Graph } from "../model/types";

export type SaveState = "saved" | "unsaved" | "saving" | "offline" | "conflict" | "refused";

/** What someone else saved while this was edited; the person decides about the clashes. */
interface Conflict {
  base: Graph;
  theirs: Graph;
  etag: string | null;
  clashes: readonly Clash[];
}

export interface SavingState {
  state: SaveState;
  /** Why the last save failed, in the server's words. */
  reason: string;
  savedAt: number | null;
  conflict: Conflict | null;
  problems: ProblemIndex;
}

export type SavingStore = StoreApi<SavingState>;

export function createSavingStore(): SavingStore {
  return createStore<SavingState>()(() => ({
    state: "saved",
    reason: "",
    savedAt: null,
    conflict: null,
    problems: indexProblems([]),
  }));
}
