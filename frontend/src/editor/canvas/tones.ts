/** One colour for each state, everywhere; the words beside it carry the meaning. */

import type { Tone } from "@/ui";
import type { NodeState, PlanAction, RunState } from "../model/types";

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

export function isBusy(state: NodeState): boolean {
  return state === "applying" || state === "waiting";
}
