/** Which place the state on the canvas comes from, and which others there are. */

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useEditor, useLive, useView } from "../editor";
import { t } from "../texts";
import { getTargets, type Target } from "./calls";

const targetsKey = (workflowId: string) => ["editor", "targets", workflowId] as const;

/** The chosen one, or else that of the run which is shown, or else where it ran last. */
export function currentTarget(
  targets: readonly Target[],
  chosen: string | null,
  runId: string | undefined,
): Target | null {
  const byRun = targets.find((target) => runId !== undefined && target.last_run?.run_id === runId);
  const newest = targets.toSorted((a, b) => lastTime(b).localeCompare(lastTime(a)))[0];
  return targets.find((target) => target.id === chosen) ?? byRun ?? newest ?? null;
}

const lastTime = (target: Target) => target.last_run?.created_at ?? target.updated_at;

export function placeOf(target: Pick<Target, "cluster" | "namespace">): string {
  return t.operate.target.place(target.cluster ?? t.operate.target.removed, target.namespace);
}

export function useTargets(): { targets: readonly Target[]; current: Target | null } {
  const { workflow } = useEditor();
  const chosen = useView((state) => state.targetId);
  const runId = useLive((state) => state.run?.run_id);
  const status = useLive((state) => state.run?.status);
  const { data = [], refetch } = useQuery({
    queryKey: targetsKey(workflow.id),
    queryFn: () => getTargets(workflow.id),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run may have made a target, or emptied one
  useEffect(() => {
    if (runId) void refetch();
  }, [runId, status, refetch]);
  return { targets: data, current: currentTarget(data, chosen, runId) };
}
