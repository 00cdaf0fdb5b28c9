import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type ClusterMetadata, clusterMetadataQuery, useRefreshCluster } from "@/data/clusters";
import { t } from "@/texts";
import {
  Badge,
  Button,
  Card,
  Cell,
  EmptyState,
  ErrorState,
  HeadCell,
  Notice,
  Row,
  SearchInput,
  SkeletonRows,
  Table,
  Time,
} from "@/ui";

/** What a cluster offers: namespaces, storage, and every kind of object it serves. */
export function Offers({ name }: { name: string }) {
  return (
    <WithMetadata name={name}>
      {(metadata) => (
        <div className="flex flex-col gap-6">
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <Part title={t.clusters.namespaces} count={metadata.namespaces.length}>
              {metadata.namespaces.length === 0 ? (
                <p className="text-sm text-ink-3">{t.clusters.noNamespaces}</p>
              ) : (
                <ul className="flex max-h-40 flex-wrap gap-1.5 overflow-y-auto">
                  {metadata.namespaces.map((namespace) => (
                    <li key={namespace}>
                      <Badge className="font-mono font-normal">{namespace}</Badge>
                    </li>
                  ))}
                </ul>
              )}
            </Part>
            <Part title={t.clusters.storageClasses} count={metadata.storage_classes.length}>
              {metadata.storage_classes.length === 0 ? (
                <p className="text-sm text-ink-3">{t.clusters.noStorageClasses}</p>
              ) : (
                <ul className="flex flex-col gap-1.5 text-sm">
                  {metadata.storage_classes.map((each) => (
                    <li key={each.name} className="flex flex-wrap items-baseline gap-x-2">
                      {each.name}
                      {each.is_default && <Badge tone="accent">{t.clusters.default}</Badge>}
                      <span className="font-mono text-xs break-all text-ink-3">{each.provisioner}</span>
                    </li>
                  ))}
                </ul>
              )}
            </Part>
          </div>
          <ApiResources resources={metadata.api_resources} />
        </div>
      )}
    </WithMetadata>
  );
}

/** Waits for what is known of a cluster; says how old it is, and what could not be found out. */
export function WithMetadata({
  name,
  children,
}: {
  name: string;
  children: (metadata: ClusterMetadata) => ReactNode;
}) {
  const metadata = useQuery(clusterMetadataQuery(name));
  const refresh = useRefreshCluster();
  if (metadata.isPending) {
    return (
      <Card>
        <SkeletonRows count={4} />
      </Card>
    );
  }
  if (metadata.isError) {
    return <ErrorState error={metadata.error} onRetry={() => void metadata.refetch()} />;
  }
  if (metadata.data.refreshed_at === null) {
    return (
      <Card>
        <EmptyState
          title={t.clusters.neverRefreshed}
          actions={
            <Button variant="primary" isBusy={refresh.isPending} onClick={() => refresh.mutate(name)}>
              {t.clusters.refreshFirst}
            </Button>
          }
        >
          {t.clusters.neverRefreshedText}
        </EmptyState>
      </Card>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <p className="text-xs text-ink-3">
        {t.clusters.refreshedAt} <Time value={metadata.data.refreshed_at} />
        {metadata.data.platform && ` · ${metadata.data.platform}`}
      </p>
      {metadata.data.notes.length > 0 && (
        <Notice tone="info">
          <p className="font-medium">{t.clusters.notes}</p>
          {metadata.data.notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </Notice>
      )}
      {children(metadata.data)}
    </div>
  );
}

function Part({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  return (
    <Card className="p-4">
      <section aria-label={title}>
        <h2 className="mb-3 text-sm font-medium">
          {title}
          <span className="ml-1.5 text-ink-3 tabular-nums">{count}</span>
        </h2>
        {children}
      </section>
    </Card>
  );
}

type ApiResource = ClusterMetadata["api_resources"][number];

function ApiResources({ resources }: { resources: readonly ApiResource[] }) {
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const shown = resources.filter((each) =>
    `${each.kind} ${each.resource} ${each.group}/${each.version}`.toLowerCase().includes(wanted),
  );
  return (
    <section aria-label={t.clusters.apiResources}>
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-sm font-medium">
          {t.clusters.apiResources}
          <span className="ml-1.5 text-ink-3 tabular-nums">{resources.length}</span>
        </h2>
        <SearchInput
          className="w-full sm:w-56"
          label={t.clusters.apiSearch}
          value={text}
          onValueChange={setText}
        />
      </div>
      {shown.length === 0 ? (
        <Card className="px-4 py-6 text-center text-sm text-ink-3">{t.clusters.apiNothing}</Card>
      ) : (
        <Table label={t.clusters.apiResources}>
          <thead>
            <tr>
              <HeadCell>{t.clusters.apiColumns.kind}</HeadCell>
              <HeadCell>{t.clusters.apiColumns.group}</HeadCell>
              <HeadCell className="hidden sm:table-cell">{t.clusters.apiColumns.scope}</HeadCell>
              <HeadCell className="hidden w-full xl:table-cell">{t.clusters.apiColumns.verbs}</HeadCell>
            </tr>
          </thead>
          <tbody>
            {shown.map((each) => (
              <Row key={`${each.group}/${each.version}/${each.resource}`}>
                <Cell className="py-1.5 font-medium">{each.kind}</Cell>
                <Cell className="py-1.5 font-mono text-xs text-ink-2">
                  {each.group ? `${each.group}/${each.version}` : each.version}
                </Cell>
                <Cell className="hidden py-1.5 text-xs text-ink-3 sm:table-cell">
                  {each.namespaced ? t.clusters.namespaced : t.clusters.clusterWide}
                </Cell>
                <Cell className="hidden py-1.5 text-xs text-ink-3 xl:table-cell">
                  {each.verbs.join(", ")}
                </Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}
