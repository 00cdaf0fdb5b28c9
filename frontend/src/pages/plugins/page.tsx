import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Blocks } from "lucide-react";
import { useMemo } from "react";
import { Page } from "@/app/page";
import { type Plugin, pluginsQuery } from "@/data/plugins";
import { t } from "@/texts";
import { Button, Card, EmptyState, ErrorState, SearchInput, Segmented, Select, SkeletonRows } from "@/ui";
import { ClusterChoice } from "./cluster-choice";
import { PluginIcon, PluginMarks } from "./marks";
import { OwnSwitch } from "./switches";

const ALL = "-";
const SHOWN = (["any", "on", "off"] as const).map((value) => ({ value, label: t.plugins.shown[value] }));

/** What is searched and narrowed stands in the address; what fits is shown as one types. */
export function PluginsPage() {
  const search = useSearch({ from: "/member/plugins" });
  const navigate = useNavigate({ from: "/plugins" });
  const list = useQuery(pluginsQuery(search.cluster));
  const categories = useMemo(
    () => [...new Set((list.data ?? []).map((plugin) => plugin.category))].sort(),
    [list.data],
  );
  const found = (list.data ?? []).filter((plugin) => fits(plugin, search));
  const change = (next: typeof search) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  return (
    <Page title={t.plugins.title} subtitle={t.plugins.subtitle}>
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <SearchInput
          className="w-full sm:w-64"
          label={t.plugins.search}
          value={search.q ?? ""}
          onValueChange={(q) => change({ q: q || undefined })}
        />
        <Select
          className="w-44"
          label={t.plugins.categories}
          value={search.category ?? ALL}
          options={[
            { value: ALL, label: t.plugins.all },
            ...categories.map((category) => ({ value: category, label: category })),
          ]}
          onValueChange={(category) => change({ category: category === ALL ? undefined : category })}
        />
        <Segmented
          label={t.plugins.show}
          options={SHOWN}
          value={search.show ?? "any"}
          onValueChange={(show) => change({ show: show === "any" ? undefined : show })}
        />
        <ClusterChoice
          className="sm:ml-auto"
          cluster={search.cluster}
          onChange={(cluster) => change({ cluster })}
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
          icon={<Blocks />}
          title={t.plugins.nothingTitle}
          actions={
            <Button onClick={() => change({ q: undefined, category: undefined, show: undefined })}>
              {t.plugins.showAll}
            </Button>
          }
        >
          {t.plugins.nothingText}
        </EmptyState>
      ) : (
        <ul className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
          {found.map((plugin) => (
            <li key={plugin.id}>
              <PluginCard plugin={plugin} cluster={search.cluster} />
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}

function fits(
  plugin: Plugin,
  search: { q?: string | undefined; category?: string | undefined; show?: "on" | "off" | undefined },
): boolean {
  const words = (search.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const kinds = plugin.node_types.map((type) => `${type.display_name} ${type.kind}`).join(" ");
  const hay = `${plugin.display_name} ${plugin.description} ${plugin.category} ${kinds}`.toLowerCase();
  return (
    (!search.category || plugin.category === search.category) &&
    (!search.show || plugin.enabled === (search.show === "on")) &&
    words.every((word) => hay.includes(word))
  );
}

function PluginCard({ plugin, cluster }: { plugin: Plugin; cluster: string | undefined }) {
  const brings = [
    plugin.node_types.length > 0 && t.plugins.kinds(plugin.node_types.length),
    plugin.templates.length > 0 && t.plugins.templates(plugin.templates.length),
  ].filter(Boolean);
  return (
    <Card className="relative flex h-full gap-3 p-4 transition-colors hover:border-line-strong hover:bg-hover">
      <PluginIcon plugin={plugin} />
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex min-w-0 items-start justify-between gap-3">
          <Link
            to="/plugins/$pluginId"
            params={{ pluginId: plugin.id }}
            search={{ cluster }}
            className="min-w-0 truncate text-sm font-medium after:absolute after:inset-0 after:rounded-lg"
          >
            {plugin.display_name}
          </Link>
          <OwnSwitch plugin={plugin} className="relative z-1" />
        </div>
        <p className="mt-0.5 line-clamp-2 text-xs text-pretty text-ink-2">{plugin.description}</p>
        <PluginMarks plugin={plugin} className="mt-2" />
        <p className="mt-auto pt-2 text-2xs text-ink-3">{[plugin.category, ...brings].join(" · ")}</p>
      </div>
    </Card>
  );
}
