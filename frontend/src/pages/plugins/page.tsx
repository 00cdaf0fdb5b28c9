import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Blocks } from "lucide-react";
import { Gallery } from "@/app/gallery";
import { type Plugin, pluginsQuery } from "@/data/plugins";
import { t } from "@/texts";
import { Card, Segmented } from "@/ui";
import { ClusterChoice } from "./cluster-choice";
import { PluginIcon, PluginMarks } from "./marks";
import { OwnSwitch } from "./switches";

const SHOWN = (["any", "on", "off"] as const).map((value) => ({ value, label: t.plugins.shown[value] }));

/** What is searched and narrowed stands in the address. */
export function PluginsPage() {
  const search = useSearch({ from: "/member/plugins" });
  const navigate = useNavigate({ from: "/plugins" });
  const change = (next: typeof search) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  return (
    <Gallery
      words={t.plugins}
      icon={<Blocks />}
      list={useQuery(pluginsQuery(search.cluster))}
      narrowed={search}
      onNarrow={change}
      onShowAll={() => change({ q: undefined, category: undefined, show: undefined })}
      wordsOf={wordsOf}
      categoryName={t.plugins.category}
      isWanted={(plugin) => !search.show || plugin.enabled === (search.show === "on")}
      filters={
        <>
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
        </>
      }
      columns="md:grid-cols-2 xl:grid-cols-3"
      card={(plugin) => <PluginCard plugin={plugin} cluster={search.cluster} />}
    />
  );
}

/** Its kinds are what one looks for. */
function wordsOf(plugin: Plugin): string {
  const kinds = plugin.node_types.map((type) => `${type.display_name} ${type.kind}`);
  const services = plugin.webhook_targets.map((target) => target.display_name);
  return [plugin.display_name, plugin.description, plugin.category, ...kinds, ...services].join(" ");
}

function PluginCard({ plugin, cluster }: { plugin: Plugin; cluster: string | undefined }) {
  const brings = [
    plugin.node_types.length > 0 && t.plugins.kinds(plugin.node_types.length),
    plugin.templates.length > 0 && t.plugins.templates(plugin.templates.length),
    plugin.webhook_targets.length > 0 && t.plugins.targets(plugin.webhook_targets.length),
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
        <p className="mt-auto pt-2 text-2xs text-ink-3">
          {[!plugin.broken && t.plugins.category(plugin.category), ...brings].filter(Boolean).join(" · ")}
        </p>
      </div>
    </Card>
  );
}
