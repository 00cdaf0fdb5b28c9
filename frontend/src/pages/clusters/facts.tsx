import type { ReactNode } from "react";
import type { Cluster } from "@/data/clusters";
import { t } from "@/texts";
import { formatTime, Time } from "@/ui";

/** What is known of a cluster, one line each. */
export function Facts({ cluster }: { cluster: Cluster }) {
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
