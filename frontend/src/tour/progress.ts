/**
 * How far each person's tour is. Kept in this browser, beside the other habits of looking at things: nothing else reads
 * it, and who comes with another browser is asked once more. Knows neither the editor nor the steps' words.
 */

import { create } from "zustand";
import { useSession } from "@/auth/session";
import { isStepName, STEP_NAMES, type StepName } from "./names";

/** `new`: never heard of it. `offered`: saw it and went on alone. */
type Stage = "new" | "offered" | "active" | "paused" | "done";

export interface Progress {
  stage: Stage;
  /** The workflow that it is walked through in. */
  workflowId: string | null;
  step: StepName;
}

const STAGES: readonly Stage[] = ["new", "offered", "active", "paused", "done"];
const FRESH: Progress = { stage: "new", workflowId: null, step: STEP_NAMES[0] };

const keyOf = (userId: string) => `sailcloth.tour.${userId}`;

function read(userId: string | undefined): Progress {
  if (!userId) return FRESH;
  try {
    const found = JSON.parse(localStorage.getItem(keyOf(userId)) ?? "null") as Partial<Progress> | null;
    if (!found || !STAGES.includes(found.stage as Stage) || !isStepName(found.step)) return FRESH;
    return { stage: found.stage as Stage, workflowId: found.workflowId ?? null, step: found.step };
  } catch {
    return FRESH;
  }
}

function write(userId: string | undefined, { stage, workflowId, step }: Progress): void {
  if (!userId) return;
  try {
    localStorage.setItem(keyOf(userId), JSON.stringify({ stage, workflowId, step }));
  } catch {
    // Then it lasts as long as the page.
  }
}

const userId = () => useSession.getState().user?.id;

export const useTour = create<Progress>(() => read(userId()));

useSession.subscribe((state, before) => {
  if (state.user?.id !== before.user?.id) useTour.setState(read(state.user?.id));
});

function change(next: Partial<Progress>): void {
  useTour.setState(next);
  write(userId(), useTour.getState());
}

export const tour = {
  start: (workflowId: string) => change({ stage: "active", workflowId, step: STEP_NAMES[0] }),
  resume: () => change({ stage: "active" }),
  /** It waits where it is. */
  pause: () => change({ stage: "paused" }),
  goTo: (step: StepName) => change({ step }),
  finish: () => change({ stage: "done" }),
  /** Once is enough: it is found in the menu from now on. */
  noteOffered: () => {
    if (useTour.getState().stage === "new") change({ stage: "offered" });
  },
};

export const isUnderWay = ({ stage, workflowId }: Progress): boolean =>
  workflowId !== null && (stage === "active" || stage === "paused");
