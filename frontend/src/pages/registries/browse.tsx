import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, Plug } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ApiError } from "@/api";
import { useDebounced } from "@/app/use-debounced";
import { BROWSE_PAGE, type Registry, repositoriesQuery, tagsQuery, useTestRegistry } from "@/data/registries";
import { t } from "@/texts";
import {
  Button,
  CopyButton,
  ErrorState,
  Notice,
  Pager,
  SearchInput,
  Sheet,
  SkeletonRows,
  StatusLabel,
} from "@/ui";
import { REGISTRY_TONES, reasonOf } from "./list";

const words = t.registries.browse;

interface BrowseProps {
  registry: Registry;
  isAdmin: boolean;
  onClose: () => void;
}

/** One registry: whether one gets in, how clusters do, and what is there. */
export function Browse({ registry, isAdmin, onClose }: BrowseProps) {
  const [repository, setRepository] = useState<string | null>(null);
  const place = [registry.host, registry.path].filter(Boolean).join("/");
  return (
    <Sheet
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={registry.name}
      description={<span className="font-mono text-xs break-all">{place}</span>}
      className="max-w-lg"
    >
      <div className="flex flex-col gap-4">
        <SignIn registry={registry} isAdmin={isAdmin} />
        <p className="text-xs text-pretty text-ink-2">
          {registry.has_credentials ? words.pullSecret : words.noPullSecret}
        </p>
        {repository === null ? (
          <Repositories registry={registry} onOpen={setRepository} />
        ) : (
          <Tags registry={registry} repository={repository} onBack={() => setRepository(null)} />
        )}
      </div>
    </Sheet>
  );
}

function SignIn({ registry, isAdmin }: Omit<BrowseProps, "onClose">) {
  const test = useTestRegistry();
  const reason = reasonOf(registry);
  return (
    <section aria-label={words.signIn} className="rounded-lg border border-line px-3 py-2.5">
      <div className="flex items-center justify-between gap-3">
        <StatusLabel tone={REGISTRY_TONES[registry.status]}>
          {t.registries.status[registry.status]}
        </StatusLabel>
        {isAdmin && (
          <Button size="sm" isBusy={test.isPending} onClick={() => test.mutate(registry)}>
            <Plug />
            {t.registries.test}
          </Button>
        )}
      </div>
      {reason && <p className="mt-1 pl-4 text-xs text-pretty text-bad-ink">{reason}</p>}
      {reason && registry.error && <p className="pl-4 text-xs text-pretty text-ink-3">{registry.error}</p>}
    </section>
  );
}

function Repositories({ registry, onOpen }: { registry: Registry; onOpen: (repository: string) => void }) {
  const [text, setText] = useState("");
  const search = useDebounced(text.trim());
  const [page, setPage] = useState(1);
  const found = useQuery(repositoriesQuery(registry.id, search, page));
  const refused =
    found.error instanceof ApiError && found.error.code === "registry_list_refused" && found.error;
  return (
    <section aria-label={words.repositories} className="flex flex-col gap-2">
      <SearchInput
        label={words.search}
        value={text}
        onValueChange={(next) => {
          setText(next);
          setPage(1);
        }}
      />
      {refused && refused.details.reason === "unauthorized" ? (
        <Notice>{refused.message}</Notice>
      ) : refused ? (
        <>
          <Notice tone="info">{words.refused}</Notice>
          {search && <Entry name={search} onOpen={() => onOpen(search)} />}
        </>
      ) : (
        <Listed
          found={found}
          empty={search ? words.noMatch : words.empty}
          total={words.total}
          page={page}
          setPage={setPage}
        >
          {found.data?.repositories.map(({ name }) => (
            <li key={name}>
              <Entry name={name} onOpen={() => onOpen(name)} />
            </li>
          ))}
        </Listed>
      )}
    </section>
  );
}

interface ListedProps {
  found: UseQueryResult<{ total: number }>;
  empty: string;
  total: (count: number) => string;
  page: number;
  setPage: (page: number) => void;
  children: ReactNode;
}

/** One page of what a registry said, or why there is none. */
function Listed({ found, empty, total, page, setPage, children }: ListedProps) {
  if (found.isError) {
    return <ErrorState error={found.error} onRetry={() => void found.refetch()} className="py-6" />;
  }
  if (!found.data) return <SkeletonRows count={4} />;
  if (found.data.total === 0) return <p className="py-6 text-center text-sm text-ink-3">{empty}</p>;
  return (
    <>
      <ul className="divide-y divide-line rounded-lg border border-line">{children}</ul>
      <Pager
        page={page}
        limit={BROWSE_PAGE}
        total={found.data.total}
        summary={total(found.data.total)}
        onPage={setPage}
      />
    </>
  );
}

function Entry({ name, onOpen }: { name: string; onOpen: () => void }) {
  return (
    <button
      type="button"
      onClick={onOpen}
      data-testid="repository"
      className="flex w-full items-center justify-between gap-2 px-3 py-2 text-left font-mono text-xs hover:bg-hover focus-visible:-outline-offset-2"
    >
      <span className="min-w-0 truncate" title={name}>
        {name}
      </span>
      <ChevronRight aria-hidden className="size-3.5 shrink-0 text-ink-3" />
    </button>
  );
}

interface TagsProps {
  registry: Registry;
  repository: string;
  onBack: () => void;
}

function Tags({ registry, repository, onBack }: TagsProps) {
  const [page, setPage] = useState(1);
  const found = useQuery(tagsQuery(registry.id, repository, page));
  return (
    <section aria-label={words.tags} className="flex flex-col gap-2">
      <div className="flex min-w-0 items-center gap-1">
        <Button size="sm" variant="ghost" onClick={onBack} aria-label={words.back}>
          <ChevronLeft />
        </Button>
        <h3 className="min-w-0 truncate font-mono text-sm" title={repository}>
          {repository}
        </h3>
      </div>
      <Listed found={found} empty={words.noTags} total={words.totalTags} page={page} setPage={setPage}>
        {found.data?.tags.map(({ name }) => (
          <li
            key={name}
            data-testid="tag"
            className="flex items-center justify-between gap-2 py-1 pr-1.5 pl-3 font-mono text-xs"
          >
            <span className="min-w-0 truncate" title={name}>
              {name}
            </span>
            <CopyButton
              text={`${registry.host}/${repository}:${name}`}
              label={words.copy(`${repository}:${name}`)}
            />
          </li>
        ))}
      </Listed>
    </section>
  );
}
