import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Download, X } from "lucide-react";
import { useEffect, useState } from "react";
import { ACTIVITY_DAYS, ACTIVITY_TYPES, type ActivitySearch } from "@/app/search";
import { usePageTitle } from "@/app/title";
import { useDebounced } from "@/app/use-debounced";
import { useSession } from "@/auth/session";
import {
  ACTIVITY_PAGE,
  type AuditEntry,
  activityQuery,
  type ExportFormat,
  exportActivity,
} from "@/data/audit";
import { t } from "@/texts";
import {
  Badge,
  Button,
  Card,
  Cell,
  EmptyState,
  ErrorState,
  HeadCell,
  Menu,
  Pager,
  Row,
  rowLinkClass,
  SearchInput,
  Select,
  SkeletonRows,
  Table,
  Time,
  toast,
} from "@/ui";
import { EntrySheet } from "./entry-sheet";
import { actorOf, wordsOf } from "./entry-words";

const ALL = "all";
const NOTHING: ActivitySearch = {
  q: undefined,
  type: undefined,
  object: undefined,
  actor: undefined,
  days: undefined,
};

/** Search, filters, page and the open entry stand in the address, so that each view can be linked. */
export function ActivityPage() {
  usePageTitle(t.activity.title);
  const search = useSearch({ from: "/member/settings/activity" });
  const navigate = useNavigate({ from: "/settings/activity" });
  const isAdmin = useSession((state) => state.user?.role === "admin");
  const change = (next: Partial<ActivitySearch>) =>
    void navigate({ search: (old) => ({ ...old, page: undefined, ...next }), replace: true });
  const list = useQuery(activityQuery(search));
  return (
    <section aria-label={t.activity.title}>
      <div className="mb-3 flex items-end justify-between gap-3">
        <div>
          <h2 className="text-lg font-semibold tracking-tight">{t.activity.title}</h2>
          <p className="text-sm text-pretty text-ink-2">{isAdmin ? t.activity.adminText : t.activity.text}</p>
        </div>
        <ExportMenu search={search} />
      </div>
      <Filters search={search} onChange={change} />
      {list.isPending ? (
        <Card>
          <SkeletonRows count={8} />
        </Card>
      ) : list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : list.data.events.length === 0 ? (
        <EmptyState
          title={t.activity.nothingTitle}
          actions={<Button onClick={() => change(NOTHING)}>{t.activity.clear}</Button>}
        >
          {t.activity.nothingText}
        </EmptyState>
      ) : (
        <div
          aria-busy={list.isPlaceholderData}
          className={list.isPlaceholderData ? "opacity-60 transition-opacity" : ""}
        >
          <Entries
            entries={list.data.events}
            onOpen={(entry) => void navigate({ search: (old) => ({ ...old, entry }) })}
          />
          <Pager
            page={search.page ?? 1}
            limit={ACTIVITY_PAGE}
            total={list.data.total}
            summary={t.activity.total(list.data.total)}
            onPage={(page) => change({ page: page > 1 ? page : undefined })}
          />
        </div>
      )}
      {search.entry && (
        <EntrySheet
          id={search.entry}
          known={list.data?.events.find((each) => each.id === search.entry)}
          onClose={() => void navigate({ search: (old) => ({ ...old, entry: undefined }) })}
          onNarrow={(next) => change({ ...NOTHING, ...next, entry: undefined })}
        />
      )}
    </section>
  );
}

function Filters({
  search,
  onChange,
}: {
  search: ActivitySearch;
  onChange: (next: Partial<ActivitySearch>) => void;
}) {
  const [text, setText] = useState(search.q ?? "");
  const settled = useDebounced(text.trim());
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed changes the address
  useEffect(() => {
    if (settled !== (search.q ?? "")) onChange({ q: settled || undefined });
  }, [settled]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the filters were cleared from elsewhere
  useEffect(() => {
    if (!search.q && settled === text.trim()) setText("");
  }, [search.q]);
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <SearchInput
        value={text}
        onValueChange={setText}
        label={t.activity.search}
        placeholder={t.activity.search}
        className="min-w-56 flex-1"
      />
      <Select
        label={t.activity.type}
        value={search.type ?? ALL}
        onValueChange={(type) => onChange({ type: type === ALL ? undefined : type })}
        options={[ALL, ...ACTIVITY_TYPES].map((value) => ({
          value,
          label: t.activity.types[value as keyof typeof t.activity.types],
        }))}
        className="w-36"
      />
      <Select
        label={t.activity.since}
        value={search.days ?? ALL}
        onValueChange={(days) => onChange({ days: days === ALL ? undefined : days })}
        options={[ALL, ...ACTIVITY_DAYS].map((value) => ({
          value,
          label: t.activity.days[value as keyof typeof t.activity.days],
        }))}
        className="w-48"
      />
      {search.object && (
        <Button size="sm" onClick={() => onChange({ object: undefined })}>
          {t.activity.onlyThis}
          <X />
        </Button>
      )}
      {search.actor && (
        <Button size="sm" onClick={() => onChange({ actor: undefined })}>
          {t.activity.onlyThem}
          <X />
        </Button>
      )}
    </div>
  );
}

function Entries({ entries, onOpen }: { entries: AuditEntry[]; onOpen: (id: string) => void }) {
  return (
    <Table label={t.activity.title}>
      <thead>
        <tr>
          <HeadCell>{t.activity.what}</HeadCell>
          <HeadCell className="hidden w-1/2 xl:table-cell">{t.activity.which}</HeadCell>
          <HeadCell className="w-1/2">{t.activity.who}</HeadCell>
          <HeadCell className="text-right">{t.activity.when}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <Row key={entry.id}>
            <Cell className="whitespace-nowrap">
              <button type="button" onClick={() => onOpen(entry.id)} className={`${rowLinkClass} text-left`}>
                {wordsOf(entry.action)}
              </button>
              {entry.object.name && (
                <p className="max-w-56 truncate text-xs text-ink-3 xl:hidden">{entry.object.name}</p>
              )}
            </Cell>
            <Cell
              className="hidden w-1/2 max-w-0 truncate text-ink-2 xl:table-cell"
              title={entry.object.name}
            >
              {entry.object.name || "–"}
            </Cell>
            <Cell className="w-1/2 max-w-0 text-ink-2">
              <span className="flex items-center gap-2">
                <span className="truncate" title={actorOf(entry)}>
                  {actorOf(entry)}
                </span>
                {entry.actor.kind === "token" && <Badge>{t.activity.byToken}</Badge>}
              </span>
            </Cell>
            <Cell className="text-right whitespace-nowrap text-ink-3">
              <Time value={entry.created_at} />
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function ExportMenu({ search }: { search: ActivitySearch }) {
  const [isBusy, setBusy] = useState(false);
  const save = async (format: ExportFormat) => {
    setBusy(true);
    try {
      await exportActivity(search, format);
    } catch (error) {
      toast.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Menu
      align="end"
      trigger={
        <Button isBusy={isBusy}>
          <Download />
          {t.activity.export}
        </Button>
      }
      items={[
        { label: t.activity.csv, onSelect: () => void save("csv") },
        { label: t.activity.jsonl, onSelect: () => void save("jsonl") },
      ]}
    />
  );
}
