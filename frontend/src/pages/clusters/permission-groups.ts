/** Permissions arranged for reading. Pure. */
import type { ClusterMetadata } from "@/data/clusters";

type Permission = ClusterMetadata["permissions"][number];

export interface PermissionGroup {
  namespaces: string[];
  rules: Permission["rules"];
  isIncomplete: boolean;
}

/** Namespaces in which the same is allowed, together: with a cluster role that is all of them. */
export function groupedPermissions(permissions: readonly Permission[]): PermissionGroup[] {
  const groups = new Map<string, PermissionGroup>();
  for (const { namespace, rules, is_incomplete } of permissions) {
    const key = JSON.stringify([rules, is_incomplete]);
    const group = groups.get(key) ?? { namespaces: [], rules, isIncomplete: is_incomplete };
    group.namespaces.push(namespace);
    groups.set(key, group);
  }
  return [...groups.values()];
}
