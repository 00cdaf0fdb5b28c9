import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api";
import { formatBytes } from "@/data/amounts";
import { clusterMetricsQuery } from "@/data/clusters";
import { t } from "@/texts";
import { cn, Skeleton } from "@/ui";

type Amount = Schemas["AmountOut"];

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
export const count = (value: number) => number.format(value);

/** What of the nodes is in use, where the cluster measures it. */
export function Usage({ name }: { name: string }) {
  const metrics = useQuery(clusterMetricsQuery(name));
  return (
    <section aria-label={t.clusters.usage}>
      <h2 className="mb-3 text-sm font-medium">{t.clusters.usage}</h2>
      {metrics.isPending ? (
        <Skeleton className="h-20" />
      ) : metrics.isError && !metrics.data ? (
        <p className="text-sm text-ink-3">{metrics.error.message}</p>
      ) : metrics.data.source === "none" && metrics.data.totals.cpu.capacity === null ? (
        <p className="text-sm text-ink-3">{t.clusters.usageUnknown}</p>
      ) : (
        <div className="flex flex-col gap-2.5">
          <Bar
            label={t.clusters.usageOf.cpu}
            amount={metrics.data.totals.cpu}
            format={count}
            unit={t.clusters.cores}
          />
          <Bar label={t.clusters.usageOf.memory} amount={metrics.data.totals.memory} format={formatBytes} />
          <Bar label={t.clusters.usageOf.pods} amount={metrics.data.totals.pods} format={count} />
          <Bar label={t.clusters.usageOf.storage} amount={metrics.data.totals.storage} format={formatBytes} />
          <p className="text-xs text-ink-3">{t.clusters.source[metrics.data.source]}</p>
        </div>
      )}
    </section>
  );
}

/** From 0 to 1. */
export function shareOf({ used, capacity }: Amount): number {
  return used === null || capacity === null || capacity <= 0 ? 0 : Math.min(1, used / capacity);
}

interface BarProps {
  label: string;
  amount: Amount;
  format: (value: number) => string;
  unit?: (text: string) => string;
}

function Bar({ label, amount, format, unit = (text) => text }: BarProps) {
  const { used, capacity } = amount;
  if (capacity === null) return null;
  const share = shareOf(amount);
  const total = unit(format(capacity));
  return (
    <div>
      <div className="flex justify-between gap-3 text-xs">
        <span className="text-ink-3">{label}</span>
        <span className="text-ink-2 tabular-nums">
          {used === null ? total : t.clusters.of(format(used), total)}
        </span>
      </div>
      {used !== null && <Gauge share={share} className="mt-1 h-1.5" />}
    </div>
  );
}

export function Gauge({ share, className }: { share: number; className?: string }) {
  return (
    <div aria-hidden className={cn("overflow-hidden rounded-full bg-active", className)}>
      <div
        className={cn(
          "h-full rounded-full bg-accent transition-[width] duration-500",
          share > 0.9 && "bg-warn",
        )}
        style={{ width: `${share * 100}%` }}
      />
    </div>
  );
}
