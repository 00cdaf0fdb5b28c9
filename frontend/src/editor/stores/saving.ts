/** Whether what is on the screen is also on the server, and what the server thinks of it. */

import { createStore, type StoreApi } from "zustand/vanilla";
import { indexProblems, type ProblemIndex } from "../model/problems";

export type SaveState = "saved" | "unsaved" | "saving" | "offline" | "conflict" | "refused";

export interface SavingState {
  state: SaveState;
  /** Why the last save failed, in the server's words. */
  reason: string;
  savedAt: number | null;
  problems: ProblemIndex;
}

export type SavingStore = StoreApi<SavingState>;

export function createSavingStore(): SavingStore {
  return createStore<SavingState>()(() => ({
    state: "saved",
    reason: "",
    savedAt: null,
    problems: indexProblems([]),
  }));
}
