import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { LayoutTemplate } from "lucide-react";
import { useMemo } from "react";
import { Page } from "@/app/page";
import { type Stack, stacksQuery } from "@/data/templates";
import { t } from "@/texts";
import { Badge, Button, Card, EmptyState, ErrorState, SearchInput, Select, SkeletonRows } from "@/ui";
import { StackIcon } from "./icon";

const ALL = "-";

/** Search and category stand in the address; what fits is shown as one types. */
export function TemplatesPage() {
  const search = useSearch({ from: "/member/templates" });
  const navigate = useNavigate({ from: "/templates" });
  const list = useQuery(stacksQuery);
  const stacks = list.data ?? [];
  const categories = useMemo(
    () => [...new Set((list.data ?? []).map((stack) => stack.category))].sort(),
    [list.data],
  );
  const found = stacks.filter((stack) => fits(stack, search.q ?? "", search.category));
  const change = (next: typeof search) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  return (
    <Page title={t.templates.title} subtitle={t.templates.subtitle}>
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <SearchInput
          className="w-full sm:w-72"
          label={t.templates.search}
          value={search.q ?? ""}
          onValueChange={(q) => change({ q: q || undefined })}
        />
        <Select
          className="w-44"
          label={t.templates.categories}
          value={search.category ?? ALL}
          options={[
            { value: ALL, label: t.templates.all },
            ...categories.map((category) => ({ value: category, label: category })),
          ]}
          onValueChange={(category) => change({ category: category === ALL ? undefined : category })}
        />
      </div>
      {list.isPending ? (
        <Card>
          <SkeletonRows count={8} />
        </Card>
      ) : list.isError ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : found.length === 0 ? (
        <EmptyState
          icon={<LayoutTemplate />}
          title={t.templates.nothingTitle}
          actions={
            <Button onClick={() => change({ q: undefined, category: undefined })}>
              {t.templates.showAll}
            </Button>
          }
        >
          {t.templates.nothingText}
        </EmptyState>
      ) : (
        <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
          {found.map((stack) => (
            <li key={stack.id}>
              <StackCard stack={stack} />
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}

function fits(stack: Stack, text: string, category: string | undefined): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const hay = `${stack.display_name} ${stack.description} ${stack.category}`.toLowerCase();
  return (!category || stack.category === category) && words.every((word) => hay.includes(word));
}

function StackCard({ stack }: { stack: Stack }) {
  const mark = t.templates.origin[stack.origin];
  return (
    <Link
      to="/templates/$templateId"
      params={{ templateId: stack.id }}
      className="group flex h-full gap-3 rounded-lg border border-line bg-surface p-4 shadow-sm transition-colors hover:border-line-strong hover:bg-hover"
    >
      <StackIcon icon={stack.icon} category={stack.category} />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex items-center gap-2">
          <span className="truncate text-sm font-medium">{stack.display_name}</span>
          {mark && <Badge>{mark}</Badge>}
        </span>
        <span className="mt-0.5 line-clamp-2 text-xs text-pretty text-ink-2">{stack.description}</span>
        <span className="mt-auto pt-2 text-2xs text-ink-3">
          {stack.category} · {t.templates.nodes(stack.nodes.length)}
        </span>
      </span>
    </Link>
  );
}
