/** A plan for a place: asked anew whenever the place changes, after what is on the screen was saved. */

import { useCallback, useEffect, useState } from "react";
import { isApiError, messageOf } from "@/api/errors";
import { makePlan, type PlanWish } from "../api/calls";
import { useEditor } from "../editor";
import type { Plan, Problem } from "../model/types";
import { t } from "../texts";

export type PlanState =
  | { is: "waiting" }
  | { is: "made"; plan: Plan }
  | { is: "failed"; message: string; problems: Problem[] };

const AFTER = 350;

export function usePlan(place: PlanWish | null): { state: PlanState; again: () => void } {
  const { autosave, workflow } = useEditor();
  const [state, setState] = useState<PlanState>({ is: "waiting" });
  const [turn, setTurn] = useState(0);
  const cluster = place?.cluster;
  const namespace = place?.namespace;
  const takeOver = place?.take_over;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks once more
  useEffect(() => {
    if (!cluster || namespace === undefined) return;
    const stop = new AbortController();
    setState({ is: "waiting" });
    const ask = async () => {
      try {
        if (!(await autosave.flush())) throw new Error(t.plan.notSaved);
        const plan = await makePlan(workflow.id, { cluster, namespace, take_over: takeOver }, stop.signal);
        if (!stop.signal.aborted) setState({ is: "made", plan });
      } catch (error) {
        if (!stop.signal.aborted)
          setState({ is: "failed", message: messageOf(error), problems: problemsOf(error) });
      }
    };
    const timer = setTimeout(() => void ask(), AFTER);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [autosave, workflow.id, cluster, namespace, takeOver, turn]);

  return { state, again: useCallback(() => setTurn((before) => before + 1), []) };
}

export function problemsOf(error: unknown): Problem[] {
  const found = isApiError(error) ? error.details.problems : undefined;
  return Array.isArray(found) ? (found as Problem[]) : [];
}
