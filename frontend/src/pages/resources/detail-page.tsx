import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ChevronLeft, Star } from "lucide-react";
import { lazy, Suspense } from "react";
import { backLinkClass, Page } from "@/app/page";
import type { ResourceSearch, ResourceTab } from "@/app/search";
import { type ResourceDetail, resourceQuery, useMark } from "@/data/resources";
import { t } from "@/texts";
import { ErrorState, IconButton, Notice, Skeleton, Spinner, StatusLabel, type Tab, Tabs } from "@/ui";
import { ResourceActions } from "./actions";
import { Events } from "./events";
import { History } from "./history";
import { HEALTH_TONES, KindIcon } from "./kinds";
import { Overview } from "./overview";
import { Pods } from "./pods";
import { useLiveResource } from "./use-live-resource";

const YamlView = lazy(() => import("./yaml-view"));
const LogsView = lazy(() => import("@/live/logs/LogsView"));
const TerminalTab = lazy(() => import("./terminal-tab"));

/** One object of a cluster, and all that is around it. */
export function ResourcePage() {
  const { resourceId } = useParams({ from: "/member/resources/$resourceId" });
  const resource = useQuery(resourceQuery(resourceId));
  if (resource.data) return <Open key={resourceId} resource={resource.data} />;
  return (
    <Page title={t.resources.title} back={<Back />}>
      {resource.isError ? (
        <ErrorState error={resource.error} onRetry={() => void resource.refetch()} />
      ) : (
        <div role="status" aria-label={t.ui.loading} className="flex flex-col gap-4">
          <Skeleton className="h-8 w-64" />
          <Skeleton className="h-64" />
        </div>
      )}
    </Page>
  );
}

function Back() {
  return (
    <Link to="/resources" search={{}} className={backLinkClass}>
      <ChevronLeft aria-hidden />
      {t.resources.back}
    </Link>
  );
}

function Open({ resource }: { resource: ResourceDetail }) {
  const search = useSearch({ from: "/member/resources/$resourceId" });
  const navigate = useNavigate({ from: "/resources/$resourceId" });
  useLiveResource(resource.id);
  const change = (next: Partial<ResourceSearch>) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  const tabs = tabsOf(resource, search, change);
  const tab = tabs.some((each) => each.value === search.tab) ? search.tab : undefined;
  // Logs and terminals want all the room there is.
  const isFull = tab === "logs" || tab === "terminal";
  return (
    <Page
      title={resource.name}
      className={isFull ? "h-full min-h-112 max-w-none pb-4" : "max-w-none"}
      back={<Back />}
      marks={
        <>
          <StatusLabel tone={HEALTH_TONES[resource.health]} isLive={resource.health === "progressing"}>
            {resource.status}
          </StatusLabel>
          <Favourite resource={resource} />
        </>
      }
      subtitle={<Where resource={resource} />}
      actions={<ResourceActions resource={resource} />}
    >
      {resource.deleted_at && (
        <Notice tone="warn" className="mb-4">
          {t.resources.gone} {t.resources.goneText}
        </Notice>
      )}
      <Tabs
        label={resource.name}
        className={isFull ? "min-h-0 flex-1" : ""}
        contentClassName={isFull ? "flex flex-col" : "max-w-7xl"}
        value={tab ?? "overview"}
        onValueChange={(next) =>
          change({
            tab: next === "overview" ? undefined : (next as ResourceTab),
            pod: undefined,
            container: undefined,
          })
        }
        tabs={tabs}
      />
    </Page>
  );
}

function Where({ resource }: { resource: ResourceDetail }) {
  return (
    <span className="flex flex-wrap items-center gap-x-1.5">
      <KindIcon kind={resource.kind} />
      {resource.kind}
      {resource.namespace && (
        <>
          {" · "}
          <Link
            to="/resources"
            search={{ cluster: resource.cluster, namespace: resource.namespace }}
            className="rounded-sm hover:text-ink hover:underline"
          >
            {resource.namespace}
          </Link>
        </>
      )}
      {" · "}
      <Link
        to="/clusters/$name"
        params={{ name: resource.cluster }}
        search={{}}
        className="rounded-sm hover:text-ink hover:underline"
      >
        {resource.cluster}
      </Link>
    </span>
  );
}

function Favourite({ resource }: { resource: ResourceDetail }) {
  const mark = useMark(resource.id);
  const isOn = mark.isPending ? mark.variables?.is_favorite === true : resource.is_favorite;
  return (
    <IconButton
      size="sm"
      label={isOn ? t.resources.unfavourite : t.resources.favourite}
      aria-pressed={isOn}
      onClick={() => mark.mutate({ is_favorite: !isOn })}
    >
      <Star className={isOn ? "fill-warn text-warn" : ""} />
    </IconButton>
  );
}

function tabsOf(
  resource: ResourceDetail,
  search: ResourceSearch,
  change: (next: Partial<ResourceSearch>) => void,
): Tab[] {
  const words = t.resources.tabs;
  const isPod = resource.kind === "Pod";
  const hasLogs = resource.actions.includes("logs");
  const hasPods = !isPod && (hasLogs || resource.kind === "Service" || resource.kind === "Node");
  const isGone = resource.deleted_at !== null;
  const tabs: Tab[] = [
    { value: "overview", label: words.overview, content: <Overview resource={resource} /> },
  ];
  if (hasPods && !isGone) tabs.push({ value: "pods", label: words.pods, content: <Pods id={resource.id} /> });
  if (hasLogs && !isGone) {
    tabs.push({
      value: "logs",
      label: words.logs,
      content: (
        <Waiting>
          <LogsView resourceId={resource.id} hasManyPods={!isPod} />
        </Waiting>
      ),
    });
  }
  if (hasLogs && !isGone && resource.actions.some((action) => action !== "logs")) {
    tabs.push({
      value: "terminal",
      label: words.terminal,
      content: (
        <Waiting>
          <TerminalTab resource={resource} pod={search.pod} onPod={(pod) => change({ pod })} />
        </Waiting>
      ),
    });
  }
  tabs.push(
    {
      value: "yaml",
      label: words.yaml,
      content: (
        <Waiting>
          <YamlView resource={resource} />
        </Waiting>
      ),
    },
    {
      value: "events",
      label: words.events,
      ...(resource.events.length > 0 ? { count: resource.events.length } : {}),
      content: <Events events={resource.events} />,
    },
    { value: "history", label: words.history, content: <History entries={resource.history} /> },
  );
  return tabs;
}

function Waiting({ children }: { children: React.ReactNode }) {
  return (
    <Suspense
      fallback={
        <div role="status" className="flex items-center gap-2.5 py-8 text-sm text-ink-3">
          <Spinner /> {t.ui.loading}
        </div>
      }
    >
      {children}
    </Suspense>
  );
}
