import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { PeopleSearch } from "@/app/search";
import { usePageTitle } from "@/app/title";
import { useDebounced } from "@/app/use-debounced";
import { useSession } from "@/auth/session";
import { PEOPLE_PAGE, type Person, peopleQuery } from "@/data/people";
import { t } from "@/texts";
import {
  Badge,
  Card,
  Cell,
  EmptyState,
  ErrorState,
  HeadCell,
  Pager,
  Row,
  rowLinkClass,
  SearchInput,
  Segmented,
  SkeletonRows,
  Table,
  Time,
} from "@/ui";
import { AdminsOnly } from "./admins-only";
import { PersonSheet } from "./person-sheet";

/** Everyone who has an account; search, page and the open person stand in the address. */
export function PeoplePage() {
  usePageTitle(t.people.title);
  const isAdmin = useSession((state) => state.user?.role === "admin");
  if (!isAdmin) return <AdminsOnly />;
  return <People />;
}

function People() {
  const search = useSearch({ from: "/member/settings/people" });
  const navigate = useNavigate({ from: "/settings/people" });
  const change = (next: Partial<PeopleSearch>) =>
    void navigate({ search: (old) => ({ ...old, page: undefined, ...next }), replace: true });
  const open = (person: string | undefined) =>
    void navigate({ search: (old) => ({ ...old, person }), replace: person === undefined });
  const list = useQuery(peopleQuery(search));
  return (
    <section aria-label={t.people.title}>
      <div className="mb-3">
        <h2 className="text-lg font-semibold tracking-tight">{t.people.title}</h2>
        <p className="text-sm text-pretty text-ink-2">{t.people.text}</p>
      </div>
      <Filters search={search} onChange={change} />
      {list.isPending ? (
        <Card>
          <SkeletonRows count={4} />
        </Card>
      ) : list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : list.data.users.length === 0 ? (
        <EmptyState title={t.people.nothing} />
      ) : (
        <div aria-busy={list.isPlaceholderData}>
          <PeopleTable people={list.data.users} onOpen={open} />
          <Pager
            page={search.page ?? 1}
            limit={PEOPLE_PAGE}
            total={list.data.total}
            summary={t.people.total(list.data.total)}
            onPage={(page) => change({ page: page > 1 ? page : undefined })}
          />
        </div>
      )}
      {search.person && <PersonSheet id={search.person} onClose={() => open(undefined)} />}
    </section>
  );
}

function Filters({
  search,
  onChange,
}: {
  search: PeopleSearch;
  onChange: (next: Partial<PeopleSearch>) => void;
}) {
  const [text, setText] = useState(search.q ?? "");
  const settled = useDebounced(text.trim());
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed changes the address
  useEffect(() => {
    if (settled !== (search.q ?? "")) onChange({ q: settled || undefined });
  }, [settled]);
  const shown = search.disabled ? "disabled" : search.role === "admin" ? "admin" : "all";
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <SearchInput
        value={text}
        onValueChange={setText}
        label={t.people.search}
        placeholder={t.people.search}
        className="min-w-56 flex-1"
      />
      <Segmented
        label={t.people.filter}
        value={shown}
        onValueChange={(next) =>
          onChange({
            role: next === "admin" ? "admin" : undefined,
            disabled: next === "disabled" || undefined,
          })
        }
        options={(["all", "admin", "disabled"] as const).map((value) => ({
          value,
          label: t.people.filters[value],
        }))}
      />
    </div>
  );
}

function PeopleTable({ people, onOpen }: { people: Person[]; onOpen: (id: string) => void }) {
  const self = useSession((state) => state.user?.id);
  return (
    <Table label={t.people.title}>
      <thead>
        <tr>
          <HeadCell>{t.people.name}</HeadCell>
          <HeadCell>{t.people.role}</HeadCell>
          <HeadCell className="hidden text-right sm:table-cell">{t.people.seen}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <Row key={person.id} className={person.is_disabled ? "text-ink-3" : ""}>
            <Cell className="max-w-72">
              <span className="flex items-center gap-2">
                <button
                  type="button"
                  onClick={() => onOpen(person.id)}
                  className={`${rowLinkClass} truncate text-left`}
                >
                  {person.name}
                </button>
                {person.id === self && <Badge tone="accent">{t.people.you}</Badge>}
                {person.is_disabled && <Badge tone="bad">{t.people.disabled}</Badge>}
              </span>
              <span className="block truncate text-xs text-ink-3">{person.email}</span>
            </Cell>
            <Cell className="text-ink-2">{t.settings.profile.role[person.role]}</Cell>
            <Cell className="hidden text-right whitespace-nowrap text-ink-3 sm:table-cell">
              {person.last_seen_at ? <Time value={person.last_seen_at} /> : t.people.never}
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}
