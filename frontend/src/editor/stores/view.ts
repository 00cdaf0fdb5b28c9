/** Which panels are open, and from which handle a line is being pulled right now. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Point } from "../model/types";
import type { Planned } from "../planned/planned";

export type DrawerTab = "run" | "problems" | "runs" | "versions" | "drift" | "logs" | "terminal";

/** A place that wants a new node: where it goes, and which handle its line comes from. */
export interface Wish {
  /** On the canvas; its middle when nothing was pointed at. */
  at: Point | null;
  screen: Point | null;
  from: { nodeId: string; end: "source" | "target" } | null;
}

export interface Pull {
  nodeId: string;
  type: string;
  end: "source" | "target";
}

export interface ViewState {
  drawer: DrawerTab | null;
  isRunOpen: boolean;
  isPlanOnly: boolean;
  drawerHeight: number;
  /** The node whose logs and terminal the drawer shows. */
  watchedId: string | null;
  /** The target whose state is shown; null follows the last run. */
  targetId: string | null;
  isShareOpen: boolean;
  isKeepOpen: boolean;
  /** Stays from node to node: who reads YAML goes on reading it. */
  nodeTab: "form" | "yaml" | "both";
  isUndeployOpen: boolean;
  /** The plan that lies over the picture. */
  planned: Planned | null;
  /** The run that waits for its images. */
  awaitedId: string | null;
  /** The past run whose details are open. */
  runId: string | null;
  areShortcutsOpen: boolean;
  /** The settings wait until the menu on the canvas is closed. */
  isInspectorHeld: boolean;
  /** Grows when more node types became known. */
  knownTypes: number;
  /** How often the palette's search was asked for by key. */
  paletteCalls: number;
  wish: Wish | null;
  pull: Pull | null;
  /** The note that is being written. */
  writingId: string | null;
  openSections: Readonly<Record<string, boolean>>;
}

export type ViewStore = StoreApi<ViewState>;

export function createViewStore(): ViewStore {
  return createStore<ViewState>()(() => ({
    drawer: null,
    isRunOpen: false,
    isPlanOnly: false,
    drawerHeight: 256,
    watchedId: null,
    targetId: null,
    isShareOpen: false,
    isKeepOpen: false,
    nodeTab: "form",
    isUndeployOpen: false,
    planned: null,
    awaitedId: null,
    runId: null,
    areShortcutsOpen: false,
    isInspectorHeld: false,
    knownTypes: 0,
    paletteCalls: 0,
    wish: null,
    pull: null,
    writingId: null,
    openSections: { basic: true },
  }));
}
