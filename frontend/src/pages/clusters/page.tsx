import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Server } from "lucide-react";
import { useState } from "react";
import { Page } from "@/app/page";
import type { ClustersSearch } from "@/app/search";
import { useSearchText } from "@/app/use-search-text";
import { CLUSTERS_PAGE, type Cluster, clustersQuery } from "@/data/clusters";
import { t } from "@/texts";
import { Button, Card, EmptyState, ErrorState, Pager, SearchInput, SkeletonRows } from "@/ui";
import type { Asked } from "./actions";
import { AskedDialog } from "./asked-dialog";
import { AddDialog } from "./forms";
import { ClusterTable } from "./list";

export function ClustersPage() {
  const search = useSearch({ from: "/member/clusters" });
  const navigate = useNavigate({ from: "/clusters" });
  const [asked, setAsked] = useState<Asked>(null);
  const change = (next: Partial<ClustersSearch>, replace = true) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace });
  const open = (cluster: Cluster) =>
    void navigate({ to: "/clusters/$name", params: { name: cluster.name }, search: {} });
  const list = useQuery({ ...clustersQuery({ q: search.q, page: search.page }), refetchInterval: 20_000 });
  const isEmpty = list.data?.total === 0 && !search.q && !search.page;
  // A search box over three rows is only noise.
  const hasFilters = Boolean(search.q) || (list.data?.total ?? 0) > 8;
  return (
    <Page
      title={t.clusters.title}
      subtitle={t.clusters.subtitle}
      actions={
        <Button variant="primary" onClick={() => change({ add: true }, false)}>
          <Plus />
          {t.clusters.add}
        </Button>
      }
    >
      {hasFilters && (
        <Search value={search.q ?? ""} onChange={(q) => change({ q: q || undefined, page: undefined })} />
      )}
      {list.isPending ? (
        <Card>
          <SkeletonRows count={3} />
        </Card>
      ) : list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : isEmpty ? (
        <Card>
          <EmptyState
            icon={<Server />}
            title={t.clusters.emptyTitle}
            actions={
              <Button variant="primary" onClick={() => change({ add: true }, false)}>
                <Plus />
                {t.clusters.add}
              </Button>
            }
          >
            {t.clusters.emptyText}
          </EmptyState>
        </Card>
      ) : list.data.clusters.length === 0 ? (
        <EmptyState
          title={t.clusters.nothingTitle}
          actions={
            <Button onClick={() => change({ q: undefined, page: undefined })}>
              {t.clusters.clearSearch}
            </Button>
          }
        >
          {t.clusters.nothingText}
        </EmptyState>
      ) : (
        <div aria-busy={list.isPlaceholderData}>
          <ClusterTable clusters={list.data.clusters} onOpen={open} onAsk={setAsked} />
          <Pager
            page={search.page ?? 1}
            limit={CLUSTERS_PAGE}
            total={list.data.total}
            summary={t.clusters.total(list.data.total)}
            onPage={(page) => change({ page: page > 1 ? page : undefined }, false)}
          />
        </div>
      )}
      {search.add && <AddDialog onClose={() => change({ add: undefined })} onUnreachable={open} />}
      <AskedDialog asked={asked} onClose={() => setAsked(null)} onDeleted={() => setAsked(null)} />
    </Page>
  );
}

function Search({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [text, setText] = useSearchText(value, onChange);
  return (
    <SearchInput
      className="mb-3 w-full sm:w-64"
      label={t.clusters.search}
      value={text}
      onValueChange={setText}
    />
  );
}
