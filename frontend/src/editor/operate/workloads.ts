/** The objects of a node that have pods, as rows of the mirror: what logs and terminals are opened on. */

import { useQuery } from "@tanstack/react-query";
import { type Resource, resourcesQuery } from "@/data/resources";
import { useLive } from "../editor";
import type { ObjectStatus } from "../model/types";
import { useTargets } from "./targets";

const WITH_PODS: ReadonlySet<string> = new Set([
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "CronJob",
  "Pod",
]);

export function workloadOf(objects: readonly ObjectStatus[]): ObjectStatus | null {
  return objects.find((object) => WITH_PODS.has(object.kind)) ?? null;
}

export interface Workload {
  /** Null where the node has nothing with pods, or before it was mirrored. */
  resource: Resource | null;
  isPending: boolean;
  error: Error | null;
}

export function useWorkload(nodeId: string): Workload {
  const { current } = useTargets();
  const object = useLive((state) => workloadOf(state.nodes[nodeId]?.objects ?? []));
  const rows = useQuery({
    ...resourcesQuery(
      {
        cluster: current?.cluster ?? undefined,
        namespace: object?.namespace || current?.namespace,
        kind: object?.kind,
        search: object?.name,
      },
      1,
    ),
    enabled: Boolean(current?.cluster && object),
  });
  if (!object || !current?.cluster) return { resource: null, isPending: false, error: null };
  const resource =
    rows.data?.resources.find((row) => row.name === object.name && row.deleted_at === null) ?? null;
  return { resource, isPending: rows.isPending, error: rows.error };
}
