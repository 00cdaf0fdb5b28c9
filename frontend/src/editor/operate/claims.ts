/** Which volume claims hold the data of what runs. Pure. */
import type { NodeStatus } from "../model/types";

interface Named {
  namespace: string;
  name: string;
  deleted_at: string | null;
}

/** `namespace/name`, each once: those that were drawn, and those that a stateful set made of its templates. */
export function claimsOf(
  nodes: Readonly<Record<string, NodeStatus>>,
  namespace: string,
  existing: readonly Named[],
): string[] {
  const objects = Object.values(nodes).flatMap((node) => node.objects);
  const named = (kind: string) => objects.filter((object) => object.kind === kind);
  const drawn = named("PersistentVolumeClaim").map(
    (claim) => `${claim.namespace || namespace}/${claim.name}`,
  );
  const made = existing
    .filter((claim) => claim.deleted_at === null)
    .filter((claim) =>
      named("StatefulSet").some(
        (set) => claim.namespace === (set.namespace || namespace) && isOfSet(claim.name, set.name),
      ),
    )
    .map((claim) => `${claim.namespace}/${claim.name}`);
  return [...new Set([...drawn, ...made])].sort();
}

/** `<template>-<set>-<ordinal>`. */
function isOfSet(claim: string, set: string): boolean {
  const ordinal = /-(\d+)$/.exec(claim);
  return ordinal !== null && claim.slice(0, ordinal.index).endsWith(`-${set}`);
}
