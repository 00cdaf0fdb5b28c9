import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck } from "lucide-react";
import { useState } from "react";
import { clusterLogQuery } from "@/data/clusters";
import { t } from "@/texts";
import { ErrorState, Pager, SkeletonRows, Time } from "@/ui";

/** What was tried with a cluster, and how it went. */
export function ConnectionLog({ name }: { name: string }) {
  const [page, setPage] = useState(1);
  const log = useQuery(clusterLogQuery(name, page));
  return (
    <section aria-label={t.clusters.log}>
      {log.isPending ? (
        <SkeletonRows count={3} className="rounded-lg border border-line bg-surface" />
      ) : log.isError && !log.data ? (
        <ErrorState className="py-6" error={log.error} onRetry={() => void log.refetch()} />
      ) : log.data.logs.length === 0 ? (
        <p className="rounded-lg border border-line bg-surface px-3 py-4 text-center text-sm text-ink-3">
          {t.clusters.logEmpty}
        </p>
      ) : (
        <>
          <ol className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
            {log.data.logs.map((entry) => (
              <li key={entry.id} className="flex items-start gap-2.5 px-3 py-2 text-sm">
                {entry.success ? (
                  <CircleCheck aria-label={t.clusters.logFine} className="mt-0.5 size-4 shrink-0 text-ok" />
                ) : (
                  <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
                )}
                <span className="min-w-0 flex-1">
                  {t.clusters.logActions[entry.action] ?? entry.action}
                  {entry.error && <span className="block text-xs break-words text-ink-3">{entry.error}</span>}
                </span>
                <Time value={entry.created_at} className="shrink-0 text-xs text-ink-3" />
              </li>
            ))}
          </ol>
          <Pager
            page={page}
            limit={log.data.limit}
            total={log.data.total}
            onPage={setPage}
            summary={t.clusters.logPage(log.data.total)}
          />
        </>
      )}
    </section>
  );
}
