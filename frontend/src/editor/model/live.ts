/** What the status stream says, folded into one picture: the run, its nodes and its log. */

import type { LiveRun, LogLine, NodeState, NodeStatus } from "./types";

export interface Live {
  run: LiveRun | null;
  nodes: Readonly<Record<string, NodeStatus>>;
  log: readonly LogLine[];
}

export type StreamEvent =
  | { type: "snapshot"; data: { run: LiveRun | null; nodes: NodeStatus[] } }
  | { type: "run"; data: LiveRun }
  | { type: "node"; data: NodeStatus }
  | { type: "log"; data: Omit<LogLine, "at"> & { at?: string } };

export const NOTHING: Live = { run: null, nodes: {}, log: [] };
const LOG_LINES = 1000;

export function applyEvent(live: Live, event: StreamEvent, now: string): Live {
  switch (event.type) {
    case "snapshot":
      return applySnapshot(live, event.data);
    case "run":
      return withRun(live, event.data);
    case "node":
      return { ...live, nodes: { ...live.nodes, [event.data.node_id]: event.data } };
    case "log":
      return { ...live, log: [...live.log, { ...event.data, at: event.data.at ?? now }].slice(-LOG_LINES) };
  }
}

/** A snapshot replaces everything but the nodes that did not change: their boxes need not be drawn again. */
function applySnapshot(live: Live, data: { run: LiveRun | null; nodes: NodeStatus[] }): Live {
  const nodes = Object.fromEntries(
    data.nodes.map((node) => {
      const before = live.nodes[node.node_id];
      return [node.node_id, before && isSame(before, node) ? before : node];
    }),
  );
  return { ...withRun(live, data.run), nodes };
}

function withRun(live: Live, run: LiveRun | null): Live {
  const isNew = run?.run_id !== live.run?.run_id;
  return { ...live, run, log: isNew ? live.log.filter((line) => line.run_id === run?.run_id) : live.log };
}

/** The log of a run that began before anyone watched; what the stream told meanwhile is in it already. */
export function withLog(live: Live, runId: string, lines: readonly Omit<LogLine, "run_id">[]): Live {
  if (live.run?.run_id !== runId || lines.length < live.log.length) return live;
  return { ...live, log: lines.map((line) => ({ ...line, run_id: runId })).slice(-LOG_LINES) };
}

function isSame(a: NodeStatus, b: NodeStatus): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

export function isRunning(run: LiveRun | null): boolean {
  return run?.status === "deploying" || run?.status === "cancelling";
}

/** How far a run has come, from 0 to 1: by its nodes, since a wave may hold one object or a hundred. */
export function progressOf(live: Live, nodeIds: readonly string[]): number {
  if (!live.run) return 0;
  if (!isRunning(live.run)) return 1;
  const shown = nodeIds.map((id) => live.nodes[id]).filter((status) => status !== undefined);
  if (shown.length === 0) return 0;
  const sum = shown.reduce((total, status) => total + WEIGHT[status.state], 0);
  return Math.min(0.97, Math.max(0.03, sum / shown.length));
}

const WEIGHT: Record<NodeState, number> = {
  idle: 0,
  pending: 0,
  applying: 0.3,
  waiting: 0.6,
  healthy: 1,
  degraded: 0.6,
  failed: 1,
  deleted: 1,
};
