/** A plan arranged for reading: what is refused first, then what changes, then what stays. */

import type { Plan, PlanAction, PlanRow } from "./types";

export const ACTIONS: readonly PlanAction[] = [
  "refused",
  "create",
  "update",
  "replace",
  "delete",
  "keep",
  "unchanged",
];

export function sortedRows(plan: Plan): PlanRow[] {
  const weight = (row: PlanRow) => ACTIONS.indexOf(row.action);
  return plan.objects.toSorted((a, b) => weight(a) - weight(b));
}

export function countsOf({ summary }: Pick<Plan, "summary">): { action: PlanAction; count: number }[] {
  return ACTIONS.map((action) => ({ action, count: summary[action] ?? 0 })).filter(({ count }) => count > 0);
}

export function changesAnything(plan: Plan): boolean {
  return (["create", "update", "replace", "delete"] as const).some(
    (action) => (plan.summary[action] ?? 0) > 0,
  );
}

export function isRefused(plan: Plan): boolean {
  return (plan.summary.refused ?? 0) > 0;
}

/** Whether another workflow has deployed some of it: the way to have it is to take it over. */
export function belongsToOthers(plan: Plan): boolean {
  return plan.objects.some(
    (row) => row.action === "refused" && row.reason?.startsWith("It belongs to the workflow"),
  );
}

/** What all rows say alike is said once, above them: where they are, and why none was checked by the cluster. */
export interface Shared {
  namespace: string | null;
  reason: string | null;
  isUnverified: boolean;
}

export function sharedOf(rows: readonly PlanRow[]): Shared {
  const placed = new Set(rows.map((row) => row.namespace).filter((each) => each !== ""));
  const reasons = new Set(rows.map((row) => row.reason || null));
  const [namespace = null] = placed;
  const [reason = null] = reasons;
  const isAlike = rows.length > 1 && reasons.size === 1 && rows.every((row) => row.action !== "refused");
  return {
    namespace: placed.size === 1 ? namespace : null,
    reason: isAlike ? reason : null,
    isUnverified: isAlike && reason !== null && rows.every((row) => !row.verified),
  };
}

export function rowKey(row: PlanRow): string {
  return `${row.api_version}/${row.kind}/${row.namespace}/${row.name}`;
}
