import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, MoreHorizontal, Plug } from "lucide-react";
import { type ReactNode, useState } from "react";
import { type Cluster, clusterLogQuery, clusterQuery, mayManage } from "@/data/clusters";
import { t } from "@/texts";
import {
  Button,
  ErrorState,
  formatTime,
  IconButton,
  Menu,
  Notice,
  Pager,
  Sheet,
  Skeleton,
  SkeletonRows,
  Time,
} from "@/ui";
import { type Asked, useClusterActions } from "./actions";
import { CertificateCard } from "./certificate";
import { Sharing } from "./sharing";
import { ClusterBadges, ClusterStatus, reasonOf } from "./status";
import { Usage } from "./usage";

interface DetailsProps {
  name: string;
  onClose: () => void;
  onAsk: (asked: Asked) => void;
}

/** One cluster in a panel beside the list; its name stands in the address. */
export function ClusterDetails({ name, onClose, onAsk }: DetailsProps) {
  const cluster = useQuery({ ...clusterQuery(name), refetchInterval: 20_000 });
  const title = cluster.data?.display_name || cluster.data?.name || name;
  return (
    <Sheet isOpen onOpenChange={(isOpen) => !isOpen && onClose()} title={title} className="max-w-lg">
      {cluster.isPending ? (
        <div role="status" aria-label={t.ui.loading} className="flex flex-col gap-3">
          <Skeleton className="h-5 w-40" />
          <Skeleton className="h-24" />
          <Skeleton className="h-40" />
        </div>
      ) : cluster.isError && !cluster.data ? (
        <ErrorState error={cluster.error} onRetry={() => void cluster.refetch()} />
      ) : (
        <Inside cluster={cluster.data} onAsk={onAsk} />
      )}
    </Sheet>
  );
}

function Inside({ cluster, onAsk }: { cluster: Cluster; onAsk: (asked: Asked) => void }) {
  const actions = useClusterActions(cluster, onAsk);
  const reason = reasonOf(cluster);
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center gap-2">
        <ClusterStatus cluster={cluster} />
        <ClusterBadges cluster={cluster} />
        <span className="ml-auto flex gap-1.5">
          <Button isBusy={actions.isTesting} onClick={actions.test}>
            <Plug />
            {t.clusters.test}
          </Button>
          <Menu
            trigger={
              <IconButton label={t.clusters.actionsFor(cluster.name)} hideTooltip variant="secondary">
                <MoreHorizontal />
              </IconButton>
            }
            items={actions.items.filter(
              (item) => item === "separator" || !("label" in item) || item.label !== t.clusters.test,
            )}
          />
        </span>
      </div>
      {reason && (
        <Notice>
          <p className="font-medium">{reason}.</p>
          {cluster.error && <p className="mt-0.5 break-words">{cluster.error}</p>}
        </Notice>
      )}
      {cluster.presented_certificate && mayManage(cluster) && (
        <CertificateCard cluster={cluster.name} certificate={cluster.presented_certificate} />
      )}
      {cluster.access === "practice" && <Notice tone="info">{t.clusters.practiceNote}</Notice>}
      <section aria-label={t.clusters.details}>
        <Facts cluster={cluster} />
      </section>
      {cluster.status === "connected" && <Usage name={cluster.name} />}
      {mayManage(cluster) && <Sharing cluster={cluster} />}
      <ConnectionLog name={cluster.name} />
    </div>
  );
}

function Facts({ cluster }: { cluster: Cluster }) {
  const labels = Object.entries(cluster.labels);
  return (
    <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
      <Fact label={t.clusters.name}>{cluster.name}</Fact>
      {cluster.description && <Fact label={t.clusters.description}>{cluster.description}</Fact>}
      <Fact label={t.clusters.server}>
        <span className="font-mono text-xs break-all">{cluster.server}</span>
      </Fact>
      {cluster.access !== "practice" && (
        <>
          <Fact label={t.clusters.kind}>{t.clusters.kinds[cluster.auth_type]}</Fact>
          <Fact label={t.clusters.authority}>
            {cluster.ca_data ? t.clusters.givenAuthority : t.clusters.systemAuthority}
          </Fact>
        </>
      )}
      {cluster.shared_by && (
        <Fact label={t.clusters.yourRole}>
          {t.clusters.sharedBy(cluster.shared_by, t.clusters.roles[cluster.role])}
          {cluster.namespaces.length > 0 && (
            <span className="block text-xs text-ink-3">{t.clusters.onlyNamespaces(cluster.namespaces)}</span>
          )}
        </Fact>
      )}
      {cluster.fingerprint && (
        <Fact label={t.clusters.pinned}>
          <span className="font-mono text-xs break-all">{cluster.fingerprint}</span>
        </Fact>
      )}
      <Fact label={t.clusters.columns.version}>{cluster.version || "–"}</Fact>
      <Fact label={t.clusters.columns.nodes}>
        {cluster.node_count ?? (cluster.status === "connected" ? t.clusters.notListed : "–")}
      </Fact>
      <Fact label={t.clusters.columns.checked}>
        <Time value={cluster.checked_at} />
      </Fact>
      <Fact label={t.clusters.addedAt}>{formatTime(cluster.created_at)}</Fact>
      {labels.length > 0 && (
        <Fact label={t.clusters.labels}>
          {labels.map(([key, value]) => (
            <span key={key} className="block font-mono text-xs break-all">
              {key}={value}
            </span>
          ))}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

function ConnectionLog({ name }: { name: string }) {
  const [page, setPage] = useState(1);
  const log = useQuery(clusterLogQuery(name, page));
  return (
    <section aria-label={t.clusters.log}>
      <h3 className="mb-2 text-sm font-medium">{t.clusters.log}</h3>
      {log.isPending ? (
        <SkeletonRows count={3} className="rounded-md border border-line" />
      ) : log.isError && !log.data ? (
        <ErrorState className="py-6" error={log.error} onRetry={() => void log.refetch()} />
      ) : log.data.logs.length === 0 ? (
        <p className="rounded-md border border-line px-3 py-4 text-center text-sm text-ink-3">
          {t.clusters.logEmpty}
        </p>
      ) : (
        <>
          <ol className="divide-y divide-line overflow-hidden rounded-md border border-line">
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
