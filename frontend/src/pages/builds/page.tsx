import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Hammer, KeyRound, Plus, Webhook, X } from "lucide-react";

import { Page } from "@/app/page";
import { BUILD_FILTERS, type BuildsSearch } from "@/app/search";
import { useSearchText } from "@/app/use-search-text";
import { BUILDS_PAGE, buildsQuery } from "@/data/builds";
import { t } from "@/texts";
import { Button, Card, EmptyState, ErrorState, Pager, SearchInput, Segmented, SkeletonRows } from "@/ui";
import { BuildTable } from "./list";

const ALL = "all";

/** Search, filters and page stand in the address, so that a list can be linked and gone back to. */
export function BuildsPage() {
  const search = useSearch({ from: "/member/builds" });
  const navigate = useNavigate({ from: "/builds" });
  const change = (next: Partial<BuildsSearch>, replace = true) =>
    void navigate({ search: (old) => ({ ...old, page: undefined, ...next }), replace });
  const list = useQuery(buildsQuery(search));
  const isFiltered = Boolean(search.q || search.status || search.workflow);
  const isEmpty = list.data?.total === 0 && !isFiltered;
  return (
    <Page title={t.builds.title} subtitle={t.builds.subtitle} actions={!isEmpty && <Ways />}>
      {!isEmpty && <Filters search={search} onChange={change} />}
      {list.isPending ? (
        <Card>
          <SkeletonRows count={6} />
        </Card>
      ) : list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : isEmpty ? (
        <Card>
          <EmptyState icon={<Hammer />} title={t.builds.emptyTitle} actions={<NewButton />}>
            {t.builds.emptyText}
          </EmptyState>
        </Card>
      ) : list.data.builds.length === 0 ? (
        <EmptyState
          title={t.builds.nothingTitle}
          actions={
            <Button onClick={() => change({ q: undefined, status: undefined, workflow: undefined })}>
              {t.builds.clearFilters}
            </Button>
          }
        >
          {t.builds.nothingText}
        </EmptyState>
      ) : (
        <div
          aria-busy={list.isPlaceholderData}
          className={list.isPlaceholderData ? "opacity-60 transition-opacity" : ""}
        >
          <BuildTable builds={list.data.builds} />
          <Pager
            page={search.page ?? 1}
            limit={BUILDS_PAGE}
            total={list.data.total}
            summary={t.builds.total(list.data.total)}
            onPage={(page) => change({ page: page > 1 ? page : undefined }, false)}
          />
        </div>
      )}
    </Page>
  );
}

function Ways() {
  return (
    <>
      <Button variant="ghost" asChild>
        <Link to="/builds/logins" search={{}}>
          <KeyRound />
          {t.gitLogins.title}
        </Link>
      </Button>
      <Button asChild>
        <Link to="/builds/webhooks" search={{}}>
          <Webhook />
          {t.hooks.title}
        </Link>
      </Button>
      <NewButton />
    </>
  );
}

function NewButton() {
  return (
    <Button variant="primary" asChild>
      <Link to="/builds/new" search={{}}>
        <Plus />
        {t.builds.new}
      </Link>
    </Button>
  );
}

interface FiltersProps {
  search: BuildsSearch;
  onChange: (next: Partial<BuildsSearch>) => void;
}

function Filters({ search, onChange }: FiltersProps) {
  const [text, setText] = useSearchText(search.q ?? "", (q) => onChange({ q: q || undefined }));
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <SearchInput className="w-full sm:w-64" label={t.builds.search} value={text} onValueChange={setText} />
      <Segmented
        className="max-w-full overflow-x-auto"
        label={t.builds.filterLabel}
        value={search.status ?? ALL}
        options={([ALL, ...BUILD_FILTERS] as const).map((value) => ({
          value,
          label: t.builds.filters[value],
        }))}
        onValueChange={(value) => onChange({ status: value === ALL ? undefined : value })}
      />
      {search.workflow && (
        <Button
          size="sm"
          onClick={() => onChange({ workflow: undefined })}
          aria-label={t.builds.allWorkflows}
        >
          {t.builds.ofOneWorkflow}
          <X />
        </Button>
      )}
    </div>
  );
}
