import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Ban, Pencil, RotateCw, Webhook, Workflow } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Page } from "@/app/page";
import type { BuildSearch, BuildTab } from "@/app/search";
import { type Build, buildQuery, isUnderWay, nameOf, pinned } from "@/data/builds";
import { BuildStatusLabel, ProgressBar } from "@/live/builds/status";
import { t } from "@/texts";
import { Button, Card, ErrorState, Skeleton, type Tab, Tabs } from "@/ui";
import { useBuildActions } from "./actions";
import { BackToBuilds } from "./back";
import { Dockerfile } from "./dockerfile";
import { Facts } from "./facts";
import { Failure } from "./failure";
import { BuildLog } from "./log";
import { Settings } from "./settings";
import { SourceLine } from "./source";
import { Steps } from "./steps";
import { UseDialog } from "./use-dialog";
import { useBuildSession } from "./use-session";

/** One build: what it does now, what it said, and what came of it. */
export function BuildPage() {
  const { buildId } = useParams({ from: "/member/builds/$buildId" });
  const build = useQuery(buildQuery(buildId));
  if (build.data) return <Open key={buildId} build={build.data} />;
  return (
    <Page title={t.builds.title} back={<BackToBuilds />}>
      {build.isError ? (
        <ErrorState error={build.error} onRetry={() => void build.refetch()} />
      ) : (
        <div role="status" aria-label={t.ui.loading} className="flex flex-col gap-4">
          <Skeleton className="h-8 w-64" />
          <Skeleton className="h-96" />
        </div>
      )}
    </Page>
  );
}

function Open({ build }: { build: Build }) {
  const search = useSearch({ from: "/member/builds/$buildId" });
  const navigate = useNavigate({ from: "/builds/$buildId" });
  const change = (next: BuildSearch) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  const { session, again } = useBuildSession(build.id);
  const tab = search.tab ?? "log";
  const tabs: Tab[] = [
    {
      value: "log",
      label: t.builds.tabs.log,
      content: (
        <Log build={build} place={search.step ?? null} onPlace={(step) => change({ step })}>
          {(stage) => <BuildLog build={build} session={session} onAgain={again} stage={stage} />}
        </Log>
      ),
    },
    { value: "dockerfile", label: t.builds.tabs.dockerfile, content: <Dockerfile build={build} /> },
    { value: "settings", label: t.builds.tabs.settings, content: <Settings build={build} /> },
  ];
  return (
    <Page
      title={nameOf(build)}
      className={tab === "log" ? "h-full min-h-136 max-w-none pb-4" : "max-w-none"}
      back={<BackToBuilds />}
      marks={<BuildStatusLabel build={build} />}
      subtitle={<SourceLine build={build} />}
      actions={<Actions build={build} />}
    >
      {isUnderWay(build) && <ProgressBar value={build.progress} className="mb-4 shrink-0" />}
      {build.status === "failed" && (
        <Failure build={build} onStep={(step) => change({ tab: undefined, step })} />
      )}
      <Facts build={build} />
      <Tabs
        label={nameOf(build)}
        className="min-h-0 flex-1"
        contentClassName="flex min-h-0 flex-col"
        value={tab}
        onValueChange={(next) => change({ tab: next === "log" ? undefined : (next as BuildTab) })}
        tabs={tabs}
      />
    </Page>
  );
}

function Actions({ build }: { build: Build }) {
  const { isRunning, stop, again, isBusy } = useBuildActions(build);
  const [isUsing, setUsing] = useState(false);
  return isRunning ? (
    <Button onClick={stop} isBusy={isBusy} disabled={build.is_cancelling}>
      <Ban />
      {t.builds.cancel}
    </Button>
  ) : (
    <>
      <Button asChild>
        <Link to="/builds/new" search={{ from: build.id }} title={t.builds.editAgain}>
          <Pencil />
          <span className="max-xl:sr-only">{t.builds.editAgain}</span>
        </Link>
      </Button>
      {build.source.kind === "git" && (
        <Button asChild>
          <Link to="/builds/webhooks" search={{ add: build.id }} title={t.hooks.action}>
            <Webhook />
            <span className="max-xl:sr-only">{t.hooks.action}</span>
          </Link>
        </Button>
      )}
      <Button onClick={again} isBusy={isBusy}>
        <RotateCw />
        {t.builds.retry}
      </Button>
      {pinned(build) && (
        <Button variant="primary" onClick={() => setUsing(true)}>
          <Workflow />
          {t.builds.use.action}
        </Button>
      )}
      {isUsing && <UseDialog build={build} onClose={() => setUsing(false)} />}
    </>
  );
}

interface LogProps {
  build: Build;
  place: number | null;
  onPlace: (place: number | undefined) => void;
  children: (stage: string | null) => ReactNode;
}

/** The steps beside what they said. */
function Log({ build, place, onPlace, children }: LogProps) {
  const stage = place === null ? null : (build.steps[place]?.name ?? null);
  return (
    <Card className="flex min-h-0 flex-1 flex-col overflow-hidden lg:flex-row">
      <div className="flex max-h-44 shrink-0 flex-col border-b border-line p-1.5 lg:max-h-none lg:w-76 lg:border-r lg:border-b-0 2xl:w-96">
        <Steps
          build={build}
          chosen={stage === null ? null : place}
          onChoose={(next) => onPlace(next ?? undefined)}
        />
      </div>
      {children(stage)}
    </Card>
  );
}
