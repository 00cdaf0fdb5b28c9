/** One run, past or under way: how long each step took, what became of each object, and what it said. */

import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, CircleDashed, LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { seconds, sharesOf } from "@/data/durations";
import { Badge, cn, ErrorState, formatTime, Notice, Sheet, Skeleton, StatusLabel } from "@/ui";
import { ACTION_TONES, HEALTH_TONES, RUN_TONES } from "../canvas/tones";
import { useEditor, useView } from "../editor";
import type { PlanRow } from "../model/types";
import { PlanRows } from "../run/PlanView";
import { LogLines } from "../run/RunLog";
import { t } from "../texts";
import { getRun, type RunDetail, type RunObject } from "./calls";
import { placeOf } from "./targets";

const UNDER_WAY = new Set(["deploying", "cancelling"]);

export function RunSheet() {
  const { view } = useEditor();
  const id = useView((state) => state.runId);
  if (!id) return null;
  return <OpenRun id={id} onClose={() => view.setState({ runId: null })} />;
}

function OpenRun({ id, onClose }: { id: string; onClose: () => void }) {
  const run = useQuery({
    queryKey: ["editor", "run", id],
    queryFn: () => getRun(id),
    refetchInterval: ({ state }) => (state.data && UNDER_WAY.has(state.data.status) ? 1500 : false),
  });
  return (
    <Sheet
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={titleOf(run.data)}
      className="max-w-2xl"
    >
      {run.isPending ? (
        <div role="status" aria-label={t.loading} className="flex flex-col gap-3">
          <Skeleton className="h-5 w-48" />
          <Skeleton className="h-24" />
          <Skeleton className="h-48" />
        </div>
      ) : run.isError ? (
        <ErrorState error={run.error} onRetry={() => void run.refetch()} />
      ) : (
        <Inside run={run.data} />
      )}
    </Sheet>
  );
}

function titleOf(run: RunDetail | undefined): string {
  if (!run) return t.operate.runs.open;
  const version = run.version === null ? "" : ` · ${t.run.version(run.version)}`;
  return `${t.operate.runs.operations[run.operation]}${version}`;
}

function Inside({ run }: { run: RunDetail }) {
  const changed = (run.plan?.objects ?? []).filter((row) => row.action !== "unchanged") as PlanRow[];
  return (
    <div className="flex flex-col gap-6" data-testid="run-detail" data-status={run.status}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <StatusLabel tone={RUN_TONES[run.status]} isLive={UNDER_WAY.has(run.status)}>
          {t.run.status[run.status]}
        </StatusLabel>
        <span className="text-sm text-ink-3">{placeOf(run)}</span>
      </div>
      {run.error && <Notice>{run.error}</Notice>}
      {!run.error && run.message && <p className="text-sm text-pretty text-ink-2">{run.message}</p>}
      {run.rolls_back && <Notice tone="info">{t.operate.runs.rollsBack}</Notice>}
      {run.rolled_back_by && <Notice tone="warn">{t.operate.runs.rolledBackBy}</Notice>}
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 text-sm sm:grid-cols-3">
        <Fact label={t.operate.runs.started}>
          {formatTime(run.created_at)}
          {run.started_by && (
            <span className="block text-xs text-ink-3">{t.operate.runs.by(run.started_by)}</span>
          )}
        </Fact>
        <Fact label={t.operate.runs.duration}>
          {run.duration_seconds === null ? t.operate.runs.stillRunning : seconds(run.duration_seconds)}
        </Fact>
        {run.release !== null && <Fact label={t.operate.runs.release}>{run.release}</Fact>}
      </dl>
      <Part title={t.operate.runs.steps}>
        <Steps steps={run.steps} isFailed={run.status === "failed"} />
      </Part>
      {changed.length > 0 && (
        <Part title={t.operate.runs.changed} count={changed.length}>
          <PlanRows rows={changed} />
        </Part>
      )}
      <Part title={t.operate.runs.objects} count={run.objects.length}>
        {run.objects.length === 0 ? (
          <p className="text-sm text-ink-3">{t.operate.runs.noObjects}</p>
        ) : (
          <ul className="divide-y divide-line rounded-lg border border-line">
            {run.objects.map((object) => (
              <ObjectRow
                key={`${object.api_version} ${object.kind} ${object.namespace} ${object.name}`}
                object={object}
              />
            ))}
          </ul>
        )}
      </Part>
      {run.log.length > 0 && (
        <Part title={t.operate.runs.log}>
          <div className="max-h-72 overflow-y-auto rounded-lg border border-line bg-sunken py-1.5">
            <LogLines lines={run.log} />
          </div>
        </Part>
      )}
    </div>
  );
}

function Part({ title, count, children }: { title: string; count?: number; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-2 text-sm font-medium">
        {title}
        {count !== undefined && <span className="ml-1.5 text-ink-3 tabular-nums">{count}</span>}
      </h3>
      {children}
    </section>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-3">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

/** `isFailed`: the last step is the one that it ended in. */
function Steps({ steps, isFailed }: { steps: RunDetail["steps"]; isFailed: boolean }) {
  const shares = sharesOf(steps.map((step) => step.seconds ?? 0));
  return (
    <ol className="flex flex-col gap-1.5" data-testid="run-steps">
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step may come twice, and none ever moves
        <li key={index} className="grid grid-cols-[1rem_11rem_minmax(0,1fr)_4rem] items-center gap-2 text-sm">
          {isFailed && index === steps.length - 1 ? (
            <CircleAlert aria-label={t.operate.runs.states.failed} className="size-4 text-bad" />
          ) : step.status === "done" ? (
            <CircleCheck aria-hidden className="size-4 text-ok" />
          ) : (
            <LoaderCircle
              aria-label={t.operate.runs.stillRunning}
              className="size-4 animate-spin text-info"
            />
          )}
          <span className="truncate">{t.operate.runs.stepNames[step.name] ?? step.name}</span>
          <span aria-hidden className="h-1 overflow-hidden rounded-full bg-active">
            <span className="block h-full rounded-full bg-accent" style={{ width: `${shares[index]}%` }} />
          </span>
          <span className="text-right text-xs text-ink-3 tabular-nums">
            {step.seconds === null ? "…" : seconds(step.seconds)}
          </span>
        </li>
      ))}
    </ol>
  );
}

const STATE_ICONS: Record<RunObject["state"], ReactNode> = {
  todo: <CircleDashed aria-hidden className="text-ink-3" />,
  done: <CircleCheck aria-hidden className="text-ok" />,
  failed: <CircleAlert aria-hidden className="text-bad" />,
};

function ObjectRow({ object }: { object: RunObject }) {
  const text = [object.reason, object.message].filter((part) => part !== "").join(": ");
  const isBad = object.state === "failed" || object.health === "degraded" || object.health === "missing";
  return (
    <li className="px-3 py-2" data-testid="run-object" data-state={object.state} data-kind={object.kind}>
      <div className="flex items-center gap-2.5 text-sm [&>svg]:size-4 [&>svg]:shrink-0">
        {STATE_ICONS[object.state]}
        <span className="sr-only">{t.operate.runs.states[object.state]}</span>
        <span className="shrink-0 text-xs text-ink-3">{object.kind}</span>
        <span
          className="min-w-0 flex-1 truncate font-mono text-xs"
          title={`${object.namespace}/${object.name}`}
        >
          {object.name}
        </span>
        {object.action && <Badge tone={ACTION_TONES[object.action]}>{t.plan.actions[object.action]}</Badge>}
        {object.health && <Badge tone={HEALTH_TONES[object.health]}>{object.health}</Badge>}
      </div>
      {text && (
        <p
          className={cn("mt-1 pl-6.5 text-xs text-pretty break-words", isBad ? "text-bad-ink" : "text-ink-3")}
        >
          {text}
        </p>
      )}
    </li>
  );
}
