import { useQueries, useQuery } from "@tanstack/react-query";
import { Star, X } from "lucide-react";

import type { ResourcesSearch } from "@/app/search";
import { useSearchText } from "@/app/use-search-text";
import { clusterMetadataQuery, clustersQuery } from "@/data/clusters";
import { t } from "@/texts";
import { Button, SearchInput, Select } from "@/ui";
import { HEALTH_TONES, KINDS } from "./kinds";

/** A select cannot hold an empty value. */
const ANY = "*";
const MOST_CLUSTERS = 10;
const STATUSES = ["healthy", "progressing", "degraded", "suspended", "unknown", "deleted"] as const;

interface FilterProps {
  search: ResourcesSearch;
  total: number | undefined;
  onChange: (next: Partial<ResourcesSearch>) => void;
}

export function FilterBar({ search, total, onChange }: FilterProps) {
  const clusters = useQuery(clustersQuery({ limit: 100 })).data?.clusters ?? [];
  const namespaces = useNamespaces(
    search.cluster,
    clusters.map((each) => each.name),
    search.namespace,
  );
  return (
    <search
      aria-label={t.resources.filters}
      className="mb-3 flex flex-wrap items-center gap-2"
      data-testid="resource-filters"
    >
      <SearchBox value={search.q ?? ""} onChange={(q) => onChange({ q: q || undefined })} />
      <Choice
        label={t.resources.cluster}
        any={t.resources.allClusters}
        value={search.cluster}
        options={clusters.map((each) => ({ value: each.name, label: each.display_name || each.name }))}
        onChange={(cluster) => onChange({ cluster, namespace: undefined })}
      />
      <Choice
        label={t.resources.namespace}
        any={t.resources.allNamespaces}
        value={search.namespace}
        options={namespaces.map((name) => ({ value: name, label: name }))}
        onChange={(namespace) => onChange({ namespace })}
      />
      <Choice
        label={t.resources.kind}
        any={t.resources.allKinds}
        value={search.kind}
        options={withCurrent(KINDS, search.kind).map((kind) => ({ value: kind, label: kind }))}
        onChange={(kind) => onChange({ kind })}
      />
      <Choice
        label={t.resources.status}
        any={t.resources.anyStatus}
        value={search.status}
        options={withCurrent(STATUSES, search.status).map((status) => ({
          value: status,
          label: statusName(status),
        }))}
        onChange={(status) => onChange({ status })}
      />
      <Button
        variant={search.favorite ? "secondary" : "ghost"}
        aria-pressed={search.favorite ?? false}
        aria-label={t.resources.onlyFavourites}
        onClick={() => onChange({ favorite: search.favorite ? undefined : true })}
      >
        <Star className={search.favorite ? "fill-warn text-warn" : ""} />
        <span className="max-xl:hidden">{t.resources.favourites}</span>
      </Button>
      {search.workflow && (
        <Button onClick={() => onChange({ workflow: undefined })}>
          {t.resources.workflow}
          <X />
        </Button>
      )}
      {total !== undefined && (
        <span role="status" className="ml-auto text-xs text-ink-3 tabular-nums">
          {t.resources.total(total)}
        </span>
      )}
    </search>
  );
}

function statusName(status: string): string {
  if (status === "deleted") return t.resources.deleted;
  return status in HEALTH_TONES ? t.resources.health[status as keyof typeof t.resources.health] : status;
}

/** A link may name what the list does not. */
function withCurrent(values: readonly string[], current: string | undefined): readonly string[] {
  return current && !values.includes(current) ? [...values, current] : values;
}

/** The namespaces of the chosen cluster, or of all: as of when they were last looked at. */
function useNamespaces(
  chosen: string | undefined,
  names: readonly string[],
  current: string | undefined,
): readonly string[] {
  const asked = chosen ? [chosen] : names.slice(0, MOST_CLUSTERS);
  const answers = useQueries({
    queries: asked.map((name) => ({ ...clusterMetadataQuery(name), staleTime: 60_000 })),
  });
  const found = new Set(answers.flatMap((answer) => answer.data?.namespaces ?? []));
  return withCurrent([...found].sort(), current);
}

interface ChoiceProps {
  label: string;
  any: string;
  value: string | undefined;
  options: { value: string; label: string }[];
  onChange: (value: string | undefined) => void;
}

function Choice({ label, any, value, options, onChange }: ChoiceProps) {
  return (
    <Select
      label={label}
      className="w-auto max-w-48"
      value={value ?? ANY}
      onValueChange={(next) => onChange(next === ANY ? undefined : next)}
      options={[{ value: ANY, label: any }, ...options]}
    />
  );
}

function SearchBox({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [text, setText] = useSearchText(value, onChange);
  return (
    <SearchInput
      className="w-full sm:w-44 xl:w-56"
      label={t.resources.search}
      value={text}
      onValueChange={setText}
    />
  );
}
