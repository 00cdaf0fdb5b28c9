import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileInput, LayoutTemplate, Plus, Workflow } from "lucide-react";
import type { ReactNode } from "react";
import { Page } from "@/app/page";
import { useSession } from "@/auth/session";
import { recentWorkflowsQuery, type Stats, statsQuery } from "@/data/dashboard";
import type { WorkflowItem } from "@/data/workflows";
import { StatusBadge } from "@/pages/workflows/status";
import { t } from "@/texts";
import { TourBanner, TourWay } from "@/tour/entry";
import { Button, Card, ErrorState, Skeleton, SkeletonRows, Time } from "@/ui";

/** Where one begins: what was worked on last, how things go, and ways to start. */
export function DashboardPage() {
  const user = useSession((state) => state.user);
  const stats = useQuery(statsQuery);
  const recent = useQuery(recentWorkflowsQuery);
  // Once is enough to say that nothing answers.
  const isDown = stats.isError && recent.isError && !recent.data;
  return (
    <Page
      title={user?.name ? t.dashboard.hello(user.name) : t.dashboard.title}
      actions={
        <Button asChild variant="primary">
          <Link to="/workflows" search={{ create: true }}>
            <Plus />
            {t.workflows.new}
          </Link>
        </Button>
      }
    >
      <TourBanner />
      <div className="flex flex-col gap-6">
        {isDown ? null : stats.isError ? (
          <ErrorState error={stats.error} onRetry={() => void stats.refetch()} />
        ) : (
          <Numbers stats={stats.data} />
        )}
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
          {isDown ? (
            <Card>
              <ErrorState
                error={stats.error}
                onRetry={() => {
                  void stats.refetch();
                  void recent.refetch();
                }}
              />
            </Card>
          ) : (
            <Recent list={recent} />
          )}
          <Start />
        </div>
      </div>
    </Page>
  );
}

function Numbers({ stats }: { stats: Stats | undefined }) {
  if (!stats)
    return (
      <div role="status" aria-label={t.ui.loading} className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
        {["a", "b", "c", "d"].map((key) => (
          <Skeleton key={key} className="h-28 rounded-lg" />
        ))}
      </div>
    );
  const { runs, clusters, builds, workflows } = stats;
  const away = clusters.disconnected + clusters.unauthorized;
  return (
    <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
      <Figure to="/workflows" label={t.dashboard.workflows} value={workflows.total}>
        {workflows.total === 0
          ? t.dashboard.emptyTitle
          : `${t.dashboard.drafts(workflows.draft)} · ${t.dashboard.published(workflows.published)}`}
      </Figure>
      <Figure label={t.dashboard.runs} note={t.dashboard.runsText} value={runs.total}>
        {runs.total === 0 ? (
          t.dashboard.noRuns
        ) : (
          <>
            <Bar parts={[runs.succeeded, runs.failed, runs.cancelled + runs.running]} />
            {runs.success_rate !== null && t.dashboard.successRate(runs.success_rate)}
            {runs.median_seconds !== null && (
              <>
                {" · "}
                <span className="whitespace-nowrap">{t.dashboard.median(runs.median_seconds)}</span>
              </>
            )}
          </>
        )}
      </Figure>
      <Figure to="/clusters" label={t.dashboard.clusters} value={clusters.total}>
        {away > 0 ? (
          <span className="text-bad-ink">{t.dashboard.away(away)}</span>
        ) : (
          t.dashboard.connected(clusters.connected, clusters.total)
        )}
      </Figure>
      <Figure to="/builds" label={t.dashboard.builds} value={builds.total}>
        {builds.total === 0 ? t.dashboard.noBuilds : t.dashboard.ofBuilds(builds.succeeded, builds.failed)}
      </Figure>
    </div>
  );
}

interface FigureProps {
  label: string;
  note?: string;
  value: number;
  to?: "/workflows" | "/clusters" | "/builds";
  children: ReactNode;
}

function Figure({ label, note, value, to, children }: FigureProps) {
  const content = (
    <Card className="h-full p-4">
      <p className="flex items-baseline justify-between gap-2 text-xs text-ink-2">
        {label}
        {note && <span className="text-2xs text-ink-3">{note}</span>}
      </p>
      <p className="mt-1 text-2xl font-semibold tracking-tight tabular-nums">{value}</p>
      <div className="mt-1 text-xs text-ink-2">{children}</div>
    </Card>
  );
  return to ? (
    <Link to={to} className="rounded-lg transition-shadow hover:shadow-md">
      {content}
    </Link>
  ) : (
    content
  );
}

const SHADES = ["bg-ok", "bg-bad", "bg-line-strong"];

/** Shares of a whole; the words beside it say the same. */
function Bar({ parts }: { parts: readonly number[] }) {
  return (
    <div aria-hidden className="my-1.5 flex h-1.5 gap-0.5 overflow-hidden rounded-full">
      {parts.map(
        (part, index) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: each place has its meaning
          part > 0 && <span key={index} className={SHADES[index]} style={{ flexGrow: part }} />,
      )}
    </div>
  );
}

function Recent({ list }: { list: UseQueryResult<{ workflows: WorkflowItem[] }> }) {
  const workflows = list.data?.workflows;
  return (
    <section>
      <div className="mb-2 flex items-baseline justify-between">
        <h2 className="text-sm font-medium">{t.dashboard.recent}</h2>
        <Link to="/workflows" className="text-xs text-ink-3 hover:text-ink">
          {t.dashboard.allWorkflows}
        </Link>
      </div>
      <Card className="divide-y divide-line">
        {workflows?.map((workflow) => (
          <Link
            key={workflow.id}
            to="/workflows/$workflowId"
            params={{ workflowId: workflow.id }}
            search={{}}
            className="flex items-center gap-3 px-4 py-3 first:rounded-t-lg last:rounded-b-lg hover:bg-hover"
          >
            <Workflow aria-hidden className="size-4 shrink-0 text-ink-3" />
            <span className="min-w-0 flex-1">
              <span className="block truncate text-sm font-medium">{workflow.name}</span>
              <span className="block truncate text-xs text-ink-3">
                {workflow.description || t.dashboard.nodes(workflow.node_count)}
              </span>
            </span>
            {workflow.status !== "draft" && <StatusBadge status={workflow.status} />}
            <Time
              value={workflow.updated_at}
              className="hidden w-28 text-right text-xs text-ink-3 sm:block"
            />
          </Link>
        ))}
        {workflows?.length === 0 && (
          <div className="px-4 py-10 text-center">
            <p className="text-sm font-medium">{t.dashboard.emptyTitle}</p>
            <p className="mt-1 text-xs text-ink-2">{t.dashboard.emptyText}</p>
          </div>
        )}
        {list.isPending && <SkeletonRows count={5} />}
        {list.isError && !workflows && (
          <ErrorState className="py-10" error={list.error} onRetry={() => void list.refetch()} />
        )}
      </Card>
    </section>
  );
}

function Start() {
  return (
    <section>
      <h2 className="mb-2 text-sm font-medium">{t.dashboard.start}</h2>
      <Card className="divide-y divide-line">
        <TourWay />
        <Way
          to="/templates"
          icon={<LayoutTemplate />}
          title={t.dashboard.startTemplate}
          text={t.dashboard.startTemplateText}
        />
        <Way
          to="/import"
          icon={<FileInput />}
          title={t.dashboard.startImport}
          text={t.dashboard.startImportText}
        />
        <Way
          to="/workflows"
          icon={<Plus />}
          title={t.dashboard.startEmpty}
          text={t.dashboard.startEmptyText}
        />
      </Card>
    </section>
  );
}

interface WayProps {
  to: "/templates" | "/import" | "/workflows";
  icon: ReactNode;
  title: string;
  text: string;
}

function Way({ to, icon, title, text }: WayProps) {
  return (
    <Link
      to={to}
      search={to === "/workflows" ? { create: true } : {}}
      className="flex items-center gap-3 px-4 py-3 first:rounded-t-lg last:rounded-b-lg hover:bg-hover [&_svg]:size-4 [&_svg]:text-ink-3"
    >
      {icon}
      <span>
        <span className="block text-sm font-medium">{title}</span>
        <span className="block text-xs text-ink-3">{text}</span>
      </span>
    </Link>
  );
}
