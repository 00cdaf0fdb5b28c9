import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { FileInput, LayoutTemplate, Plus, Shapes, Workflow } from "lucide-react";
import { useEffect, useState } from "react";
import { Page } from "@/app/page";
import type { WorkflowsSearch } from "@/app/search";
import { useSearchText } from "@/app/use-search-text";
import { useInstantiate } from "@/data/templates";
import { PAGE_SIZE, type WorkflowItem, workflowsQuery } from "@/data/workflows";
import { t } from "@/texts";
import {
  Button,
  Card,
  EmptyState,
  ErrorState,
  Pager,
  SearchInput,
  Segmented,
  Select,
  SkeletonRows,
  toast,
} from "@/ui";
import { DeleteDialog } from "./delete-dialog";
import { CreateDialog, EditDialog } from "./forms";
import { WorkflowTable } from "./list";

const DEMO = "static-site";
const DEMO_NAMESPACE = "demo";

type Asked = { kind: "edit" | "delete"; workflow: WorkflowItem } | null;

/** Search, filter, order and page stand in the address, so that a list can be linked and gone back to. */
export function WorkflowsPage() {
  const search = useSearch({ from: "/member/workflows" });
  const navigate = useNavigate({ from: "/workflows" });
  const [asked, setAsked] = useState<Asked>(null);
  const change = (next: Partial<WorkflowsSearch>, replace = true) =>
    void navigate({ search: (old) => ({ ...old, page: undefined, ...next }), replace });
  const list = useQuery(workflowsQuery(search));
  const isFiltered = Boolean(search.q || search.status);
  const isEmpty = list.data?.total === 0 && !isFiltered;
  const pages = Math.max(1, Math.ceil((list.data?.total ?? 0) / PAGE_SIZE));

  // The last row of the last page may just have been deleted.
  const isPastEnd = list.isSuccess && !list.isPlaceholderData && (search.page ?? 1) > pages;
  useEffect(() => {
    if (isPastEnd)
      void navigate({ search: (old) => ({ ...old, page: pages > 1 ? pages : undefined }), replace: true });
  }, [isPastEnd, pages, navigate]);

  return (
    <Page
      title={t.workflows.title}
      subtitle={t.workflows.subtitle}
      actions={
        !isEmpty && (
          <>
            <Button onClick={() => void navigate({ to: "/import", search: {} })}>
              <FileInput />
              <span className="max-sm:sr-only">{t.workflows.import}</span>
            </Button>
            <Button onClick={() => void navigate({ to: "/templates" })}>
              <LayoutTemplate />
              <span className="max-sm:sr-only">{t.workflows.fromTemplate}</span>
            </Button>
            <Button variant="primary" onClick={() => change({ create: true, page: search.page }, false)}>
              <Plus />
              {t.workflows.new}
            </Button>
          </>
        )
      }
    >
      {!isEmpty && <Filters search={search} onChange={change} />}
      {list.isPending ? (
        <Card>
          <SkeletonRows count={6} />
        </Card>
      ) : list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : isEmpty ? (
        <Welcome onCreate={() => change({ create: true }, false)} />
      ) : list.data.workflows.length === 0 ? (
        <EmptyState
          title={t.workflows.nothingTitle}
          actions={
            <Button onClick={() => change({ q: undefined, status: undefined })}>
              {t.workflows.clearFilters}
            </Button>
          }
        >
          {t.workflows.nothingText}
        </EmptyState>
      ) : (
        <div
          aria-busy={list.isPlaceholderData}
          className={list.isPlaceholderData ? "opacity-60 transition-opacity" : ""}
        >
          <WorkflowTable
            workflows={list.data.workflows}
            onEdit={(workflow) => setAsked({ kind: "edit", workflow })}
            onDelete={(workflow) => setAsked({ kind: "delete", workflow })}
          />
          <Pager
            page={search.page ?? 1}
            limit={PAGE_SIZE}
            total={list.data.total}
            summary={t.workflows.total(list.data.total)}
            onPage={(page) => change({ page: page > 1 ? page : undefined }, false)}
          />
        </div>
      )}
      {search.create && <CreateDialog onClose={() => change({ create: undefined, page: search.page })} />}
      {asked?.kind === "edit" && <EditDialog workflow={asked.workflow} onClose={() => setAsked(null)} />}
      {asked?.kind === "delete" && <DeleteDialog workflow={asked.workflow} onClose={() => setAsked(null)} />}
    </Page>
  );
}

interface FiltersProps {
  search: WorkflowsSearch;
  onChange: (next: Partial<WorkflowsSearch>) => void;
}

function Filters({ search, onChange }: FiltersProps) {
  const [text, setText] = useSearchText(search.q ?? "", (q) => onChange({ q: q || undefined }));
  const sorts = (["updated", "created", "name"] as const).map((value) => ({
    value,
    label: t.workflows.sort[value],
  }));
  const statuses = (["all", "draft", "published", "archived"] as const).map((value) => ({
    value,
    label: t.workflows.status[value],
  }));
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <SearchInput
        className="w-full sm:w-64"
        label={t.workflows.search}
        value={text}
        onValueChange={setText}
      />
      <Segmented
        label={t.workflows.statusLabel}
        value={search.status ?? "all"}
        options={statuses}
        onValueChange={(value) => onChange({ status: value === "all" ? undefined : value })}
      />
      <Select
        className="min-w-26 flex-1 sm:ml-auto sm:w-36 sm:flex-none"
        label={t.workflows.sortLabel}
        value={search.sort ?? "updated"}
        options={sorts}
        onValueChange={(value) => onChange({ sort: value === "updated" ? undefined : value })}
      />
    </div>
  );
}

function Welcome({ onCreate }: { onCreate: () => void }) {
  const navigate = useNavigate();
  const create = useInstantiate();
  const openDemo = async () => {
    try {
      const workflow = await create.mutateAsync({
        id: DEMO,
        name: t.workflows.demoName,
        namespace: DEMO_NAMESPACE,
      });
      await navigate({ to: "/workflows/$workflowId", params: { workflowId: workflow.id }, search: {} });
    } catch (error) {
      toast.failed(error);
    }
  };
  return (
    <Card className="relative overflow-hidden">
      <div className="absolute inset-0 bg-[radial-gradient(var(--grid-dot)_1px,transparent_1px)] bg-size-[22px_22px] opacity-60 [mask-image:radial-gradient(ellipse_at_center,transparent_30%,black_100%)]" />
      <EmptyState
        className="relative max-w-2xl py-20"
        icon={<Workflow />}
        title={t.workflows.emptyTitle}
        actions={
          <>
            <Button isBusy={create.isPending} onClick={() => void openDemo()}>
              <Shapes />
              {t.workflows.openDemo}
            </Button>
            <Button onClick={() => void navigate({ to: "/import", search: {} })}>
              <FileInput />
              {t.workflows.importCompose}
            </Button>
            <Button onClick={() => void navigate({ to: "/templates" })}>
              <LayoutTemplate />
              {t.workflows.fromTemplate}
            </Button>
            <Button variant="primary" onClick={onCreate}>
              <Plus />
              {t.workflows.new}
            </Button>
          </>
        }
      >
        {t.workflows.emptyText}
      </EmptyState>
    </Card>
  );
}
