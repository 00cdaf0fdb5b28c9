/** What runs: told by the status stream, changed by nothing else. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { StreamState } from "@/api/stream";
import { applyEvent, type Live, NOTHING, type StreamEvent } from "../model/live";

type Line = StreamState;

export interface LiveState extends Live {
  line: Line;
  receive: (event: StreamEvent) => void;
}

export type LiveStore = StoreApi<LiveState>;

export function createLiveStore(): LiveStore {
  return createStore<LiveState>()((set, get) => ({
    ...NOTHING,
    line: "connecting",
    receive: (event) => set(applyEvent(get(), event, new Date().toISOString())),
  }));
}
