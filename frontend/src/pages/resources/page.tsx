import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Boxes, RotateCw } from "lucide-react";
import type { ResourcesSearch } from "@/app/search";
import { usePageTitle } from "@/app/title";
import { type ResourceFilter, resourcesQuery, useSyncResources } from "@/data/resources";
import { t } from "@/texts";
import { Button, Card, EmptyState, ErrorState, Notice, SkeletonRows } from "@/ui";
import { FilterBar } from "./filters";
import { ResourceTable } from "./table";

/** All objects of all clusters, in one table that stays fast; what narrows it stands in the address. */
export function ResourcesPage() {
  usePageTitle(t.resources.title);
  const search = useSearch({ from: "/member/resources" });
  const navigate = useNavigate({ from: "/resources" });
  const change = (next: Partial<ResourcesSearch>) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  const filter = filterOf(search);
  const first = useQuery(resourcesQuery(filter, 1));
  const sync = useSyncResources();
  const isNarrowed = Object.entries(search).some(
    ([key, value]) => value && key !== "sort" && key !== "order",
  );
  return (
    <div className="flex h-full min-h-0 flex-col px-4 pt-5 pb-4 sm:px-8 sm:pt-8">
      <header className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <div>
          <h1 className="text-xl font-semibold tracking-tight">{t.resources.title}</h1>
          <p className="hidden text-sm text-ink-2 sm:block">{t.resources.subtitle}</p>
        </div>
        <Button isBusy={sync.isPending} onClick={() => sync.mutate(search.cluster)}>
          <RotateCw />
          {t.resources.sync}
        </Button>
      </header>
      <FilterBar search={search} onChange={change} total={first.data?.total} />
      {first.data && <Mirrors mirrors={first.data.clusters} />}
      {first.isPending ? (
        <Card>
          <SkeletonRows count={8} />
        </Card>
      ) : first.isError && !first.data ? (
        <ErrorState error={first.error} onRetry={() => void first.refetch()} />
      ) : first.data.total === 0 && !isNarrowed && first.data.clusters.some(isBeingRead) ? (
        <Card>
          <SkeletonRows count={8} />
        </Card>
      ) : first.data.total === 0 ? (
        <Card>
          {isNarrowed ? (
            <EmptyState
              title={t.resources.nothingTitle}
              actions={
                <Button onClick={() => void navigate({ search: {}, replace: true })}>
                  {t.resources.clearFilters}
                </Button>
              }
            >
              {t.resources.nothingText}
            </EmptyState>
          ) : (
            <EmptyState icon={<Boxes />} title={t.resources.emptyTitle}>
              {t.resources.emptyText}
            </EmptyState>
          )}
        </Card>
      ) : (
        <ResourceTable
          filter={filter}
          total={first.data.total}
          isStale={first.isPlaceholderData}
          onSort={(sort, order) => change({ sort, order })}
        />
      )}
    </div>
  );
}

function filterOf(search: ResourcesSearch): ResourceFilter {
  const { q, ...rest } = search;
  return { ...rest, search: q };
}

type Mirror = {
  id: string;
  name: string;
  is_live: boolean;
  seen_at: string | null;
  trouble: string;
};

const isBeingRead = (mirror: Mirror) => mirror.seen_at === null && !mirror.trouble;

/** Which clusters cannot be seen just now: what is shown of them may not be so any more. */
function Mirrors({ mirrors }: { mirrors: readonly Mirror[] }) {
  const notRead = mirrors.filter(isBeingRead);
  const troubled = mirrors.filter((each) => each.trouble);
  if (notRead.length + troubled.length === 0) return null;
  return (
    <div className="mb-3 flex flex-col gap-2">
      {notRead.length > 0 && (
        <Notice tone="info">{t.resources.reading(notRead.map((each) => each.name))}</Notice>
      )}
      {troubled.length > 0 && (
        <Notice tone="warn">
          {troubled.map((each) => (
            <p key={each.id}>
              {t.resources.stale(each.name, each.trouble)} {t.resources.notLive}
            </p>
          ))}
        </Notice>
      )}
    </div>
  );
}
