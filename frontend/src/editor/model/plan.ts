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

export function rowKey(row: PlanRow): string {
  return `${row.api_version}/${row.kind}/${row.namespace}/${row.name}`;
}
