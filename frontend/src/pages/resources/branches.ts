/** Owners above and children below, as one tree for reading. Pure. */
import type { ResourceDetail, TreeItem } from "@/data/resources";

export interface Branch {
  item: Pick<TreeItem, "id" | "kind" | "name" | "health" | "status">;
  depth: number;
  isThis: boolean;
}

export function branchesOf(resource: ResourceDetail): Branch[] {
  const { owners, children } = resource.tree;
  const above = owners.toReversed().map((item, depth) => ({ item, depth, isThis: false }));
  const self: Branch = { item: resource, depth: owners.length, isThis: true };
  return [...above, self, ...below(children, resource.uid, owners.length + 1, new Set())];
}

function below(items: readonly TreeItem[], uid: string, depth: number, seen: Set<string>): Branch[] {
  if (seen.has(uid)) return [];
  seen.add(uid);
  return items
    .filter((item) => item.owner_uid === uid)
    .flatMap((item) => [{ item, depth, isThis: false }, ...below(items, item.uid, depth + 1, seen)]);
}
