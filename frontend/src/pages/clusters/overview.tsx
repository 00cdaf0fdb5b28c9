import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import type { Schemas } from "@/api";
import { formatBytes } from "@/data/amounts";
import {
  type Cluster,
  type ClusterMetadata,
  clusterMetadataQuery,
  clusterMetricsQuery,
  mayManage,
  mayReplace,
  type NodeMetrics,
} from "@/data/clusters";
import { t } from "@/texts";
import {
  Badge,
  Button,
  Card,
  Cell,
  cn,
  ErrorState,
  HeadCell,
  Notice,
  Row,
  SkeletonRows,
  StatusDot,
  Table,
} from "@/ui";
import { CertificateCard } from "./certificate";
import { Facts } from "./facts";
import { reasonOf } from "./status";
import { count, Gauge, shareOf, Usage } from "./usage";

/** How a cluster is: reachable or why not, what is in use, and its nodes. */
export function Overview({ cluster, onReplace }: { cluster: Cluster; onReplace: () => void }) {
  const reason = reasonOf(cluster);
  const isConnected = cluster.status === "connected";
  return (
    <div className="flex flex-col gap-5">
      {reason && (
        <Notice>
          <p className="font-medium">{reason}.</p>
          {cluster.error && <p className="mt-0.5 break-words">{cluster.error}</p>}
          {cluster.status === "unauthorized" && mayReplace(cluster) && (
            <Button size="sm" className="mt-2" onClick={onReplace}>
              <KeyRound />
              {t.clusters.replace}
            </Button>
          )}
        </Notice>
      )}
      {cluster.presented_certificate && mayManage(cluster) && (
        <CertificateCard cluster={cluster.name} certificate={cluster.presented_certificate} />
      )}
      {cluster.access === "practice" && <Notice tone="info">{t.clusters.practiceNote}</Notice>}
      <div
        className={cn(
          "grid items-start gap-4",
          isConnected && "lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]",
        )}
      >
        <Card className="p-4">
          <section aria-label={t.clusters.details}>
            <h2 className="mb-3 text-sm font-medium">{t.clusters.details}</h2>
            <Facts cluster={cluster} />
          </section>
        </Card>
        {isConnected && (
          <Card className="p-4">
            <Usage name={cluster.name} />
          </Card>
        )}
      </div>
      {isConnected && <Nodes name={cluster.name} />}
    </div>
  );
}

type NodeFacts = ClusterMetadata["nodes"][number];

function Nodes({ name }: { name: string }) {
  const metadata = useQuery(clusterMetadataQuery(name));
  const metrics = useQuery(clusterMetricsQuery(name));
  const facts = new Map((metadata.data?.nodes ?? []).map((node) => [node.name, node]));
  const rows: { name: string; facts?: NodeFacts; metrics?: NodeMetrics }[] = metrics.data?.nodes.length
    ? metrics.data.nodes.map((node) => ({ name: node.name, facts: facts.get(node.name), metrics: node }))
    : [...facts.values()].map((node) => ({ name: node.name, facts: node }));
  const isPending = metadata.isPending && metrics.isPending;
  return (
    <section aria-label={t.clusters.nodeList} data-testid="cluster-nodes">
      <h2 className="mb-2 text-sm font-medium">
        {t.clusters.nodeList}
        {rows.length > 0 && <span className="ml-1.5 text-ink-3 tabular-nums">{rows.length}</span>}
      </h2>
      {isPending ? (
        <Card>
          <SkeletonRows count={2} />
        </Card>
      ) : rows.length === 0 && metrics.isError ? (
        <ErrorState
          className="py-8"
          error={metrics.error}
          onRetry={() => {
            void metadata.refetch();
            void metrics.refetch();
          }}
        />
      ) : rows.length === 0 ? (
        <Card className="px-4 py-6 text-center text-sm text-ink-3">{t.clusters.noNodes}</Card>
      ) : (
        <div className="overflow-x-auto">
          <Table label={t.clusters.nodeList} className="min-w-180">
            <thead>
              <tr>
                <HeadCell className="w-full">{t.clusters.nodeColumns.name}</HeadCell>
                <HeadCell>{t.clusters.nodeColumns.version}</HeadCell>
                <HeadCell>{t.clusters.nodeColumns.cpu}</HeadCell>
                <HeadCell>{t.clusters.nodeColumns.memory}</HeadCell>
                <HeadCell>{t.clusters.nodeColumns.storage}</HeadCell>
                <HeadCell>{t.clusters.nodeColumns.pods}</HeadCell>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <NodeRow key={row.name} {...row} />
              ))}
            </tbody>
          </Table>
        </div>
      )}
    </section>
  );
}

function NodeRow({ name, facts, metrics }: { name: string; facts?: NodeFacts; metrics?: NodeMetrics }) {
  const isReady = facts?.ready ?? metrics?.ready ?? false;
  const about = facts ? [facts.os, facts.architecture, facts.runtime].filter(Boolean).join(" · ") : "";
  return (
    <Row>
      <Cell className="w-full max-w-0">
        <div className="flex min-w-0 items-center gap-2">
          <StatusDot tone={isReady ? "ok" : "bad"} />
          <span className="truncate font-medium" title={name}>
            {name}
          </span>
          {!isReady && <Badge tone="bad">{t.clusters.nodeNotReady}</Badge>}
          {isReady && <span className="sr-only">{t.clusters.nodeReady}</span>}
          {facts && !facts.schedulable && <Badge tone="warn">{t.clusters.nodeCordoned}</Badge>}
          {facts?.roles.map((role) => (
            <Badge key={role}>{role}</Badge>
          ))}
        </div>
        {about && (
          <p className="mt-0.5 truncate pl-4 text-xs text-ink-3" title={about}>
            {about}
          </p>
        )}
      </Cell>
      <Cell className="max-w-44 truncate text-xs whitespace-nowrap text-ink-2" title={facts?.version}>
        {facts?.version || "–"}
      </Cell>
      <AmountCell amount={metrics?.cpu} format={count} />
      <AmountCell amount={metrics?.memory} format={formatBytes} />
      <AmountCell amount={metrics?.storage} format={formatBytes} />
      <AmountCell amount={metrics?.pods} format={count} />
    </Row>
  );
}

function AmountCell({
  amount,
  format,
}: {
  amount: Schemas["AmountOut"] | undefined;
  format: (value: number) => string;
}) {
  if (!amount || amount.capacity === null) return <Cell className="text-ink-3">–</Cell>;
  const { used, capacity } = amount;
  return (
    <Cell className="min-w-28 text-xs whitespace-nowrap text-ink-2 tabular-nums">
      {used === null ? format(capacity) : t.clusters.of(format(used), format(capacity))}
      {used !== null && <Gauge share={shareOf(amount)} className="mt-1 h-1 w-24" />}
    </Cell>
  );
}
