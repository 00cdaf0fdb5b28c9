/** One colour for each state, everywhere; the words beside it carry the meaning. */

import type { Tone } from "@/ui";
import type { NodeState, NodeStatus, PlanAction, RunState } from "../model/types";
import { t } from "../texts";

export const STATE_TONES: Record<NodeState, Tone> = {
  idle: "neutral",
  pending: "neutral",
  applying: "info",
  waiting: "info",
  healthy: "ok",
  degraded: "warn",
  failed: "bad",
  deleted: "neutral",
};

export const RUN_TONES: Record<RunState, Tone> = {
  deploying: "info",
  succeeded: "ok",
  failed: "bad",
  cancelling: "warn",
  cancelled: "neutral",
  rolled_back: "warn",
};

export const ACTION_TONES: Record<PlanAction, Tone> = {
  refused: "bad",
  create: "ok",
  update: "info",
  replace: "warn",
  delete: "bad",
  keep: "neutral",
  unchanged: "neutral",
};

export const HEALTH_TONES: Record<string, Tone> = {
  healthy: "ok",
  progressing: "info",
  degraded: "bad",
  missing: "bad",
  suspended: "neutral",
  unknown: "neutral",
};

/** How a node fares, in a word or two; "" for what was never deployed. What another workflow has by now is idle here,
 * and that is said. */
export function fateOf(status: Pick<NodeStatus, "state" | "objects">): string {
  if (status.state !== "idle") return t.states[status.state];
  return status.objects.some((object) => object.reason === "TakenOver") ? t.takenOver : "";
}

export function isBusy(state: NodeState): boolean {
  return state === "applying" || state === "waiting";
}
