/** Against which cluster requirements are checked. */
import { useQuery } from "@tanstack/react-query";
import { clustersQuery } from "@/data/clusters";
import { t } from "@/texts";
import { cn, Select } from "@/ui";

const NONE = "-";
const OFFERED = 100;

interface ClusterChoiceProps {
  cluster: string | undefined;
  onChange: (cluster: string | undefined) => void;
  className?: string;
}

export function ClusterChoice({ cluster, onChange, className }: ClusterChoiceProps) {
  const clusters = useQuery(clustersQuery({ limit: OFFERED })).data?.clusters ?? [];
  return (
    <span className={cn("flex items-center gap-2 text-xs text-ink-3", className)}>
      {t.plugins.cluster}
      <Select
        className="w-40"
        label={t.plugins.cluster}
        value={cluster ?? NONE}
        options={[
          { value: NONE, label: t.plugins.noCluster },
          ...clusters.map(({ name, display_name }) => ({ value: name, label: display_name || name })),
        ]}
        onValueChange={(next) => onChange(next === NONE ? undefined : next)}
      />
    </span>
  );
}
