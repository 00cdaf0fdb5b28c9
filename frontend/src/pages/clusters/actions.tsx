import { KeyRound, PanelRight, Pencil, Plug, Star, Trash2 } from "lucide-react";
import {
  type Cluster,
  mayManage,
  mayRemove,
  mayReplace,
  useSetDefault,
  useTestCluster,
} from "@/data/clusters";
import { t } from "@/texts";
import type { MenuItem } from "@/ui";

export type Asked = { kind: "edit" | "credentials" | "delete"; cluster: Cluster } | null;

interface Actions {
  items: MenuItem[];
  test: () => void;
  isTesting: boolean;
}

/** What one can do with a cluster, as far as the role goes. The practice cluster is as it is. */
export function useClusterActions(
  cluster: Cluster,
  onAsk: (asked: Asked) => void,
  onOpen?: () => void,
): Actions {
  const test = useTestCluster();
  const setDefault = useSetDefault();
  const items: MenuItem[] = [];
  if (onOpen) items.push({ label: t.clusters.open, icon: <PanelRight />, onSelect: onOpen });
  items.push({ label: t.clusters.test, icon: <Plug />, onSelect: () => test.mutate(cluster.name) });
  if (!cluster.is_default) {
    items.push({
      label: t.clusters.makeDefault,
      icon: <Star />,
      onSelect: () => setDefault.mutate(cluster.name),
    });
  }
  if (mayManage(cluster)) {
    items.push({
      label: t.clusters.edit,
      icon: <Pencil />,
      onSelect: () => onAsk({ kind: "edit", cluster }),
    });
    if (mayReplace(cluster)) {
      const ask = () => onAsk({ kind: "credentials", cluster });
      items.push({ label: t.clusters.replace, icon: <KeyRound />, onSelect: ask });
    }
  }
  if (mayRemove(cluster)) {
    items.push("separator", {
      label: t.clusters.delete,
      icon: <Trash2 />,
      isDanger: true,
      onSelect: () => onAsk({ kind: "delete", cluster }),
    });
  }
  return { items, test: () => test.mutate(cluster.name), isTesting: test.isPending };
}
