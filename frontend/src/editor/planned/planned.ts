/** A plan laid over the picture: per node what a run would do, and what it would remove that is drawn no more. Pure. */

import { ACTIONS } from "../model/plan";
import type { Graph, Plan, PlanAction, PlanRow } from "../model/types";

export interface Planned {
  cluster: string;
  namespace: string;
  plan: Plan;
  /** The picture that was planned: another one since is another plan. */
  graph: Graph;
  byNode: Readonly<Record<string, readonly PlanRow[]>>;
}

export function plannedOf(place: { cluster: string; namespace: string }, plan: Plan, graph: Graph): Planned {
  const byNode: Record<string, PlanRow[]> = {};
  for (const row of plan.objects) {
    if (row.node_id === null) continue;
    byNode[row.node_id] = [...(byNode[row.node_id] ?? []), row];
  }
  return { ...place, plan, graph, byNode };
}

/** What stands on the node: the gravest of what would be done to its objects. */
const GRAVEST: readonly PlanAction[] = [
  "refused",
  "delete",
  "replace",
  "update",
  "create",
  "keep",
  "unchanged",
];

export function actionOf(rows: readonly PlanRow[]): PlanAction {
  return GRAVEST.find((action) => rows.some((row) => row.action === action)) ?? "unchanged";
}

/** How many fields of its objects would change. */
export function fieldCount(rows: readonly PlanRow[]): number {
  return rows.reduce((sum, row) => sum + row.diff.length, 0);
}

/** Nodes that are drawn no more, and of which something would be removed or kept. */
export function goneNodes({ byNode, graph }: Planned): { id: string; rows: readonly PlanRow[] }[] {
  const drawn = new Set(graph.nodes.map((node) => node.id));
  return Object.entries(byNode)
    .filter(([id]) => !drawn.has(id))
    .map(([id, rows]) => ({ id, rows }));
}

/** Objects of no node, the namespace for one. */
export function looseRows(plan: Plan): PlanRow[] {
  return plan.objects
    .filter((row) => row.node_id === null)
    .toSorted((a, b) => ACTIONS.indexOf(a.action) - ACTIONS.indexOf(b.action));
}
