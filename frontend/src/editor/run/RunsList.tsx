import { useQuery } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { useEffect, useState } from "react";
import { Badge, Button, ConfirmDialog, ErrorState, SkeletonRows, StatusLabel, toast } from "@/ui";
import { getRuns, rollBack } from "../api/calls";
import { ACTION_TONES, RUN_TONES } from "../canvas/tones";
import { useEditor, useLive } from "../editor";
import { countsOf } from "../model/plan";
import type { Run } from "../model/types";
import { t } from "../texts";

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** What ran before, newest first; what succeeded can be brought back. */
export function RunsList() {
  const { view, workflow } = useEditor();
  const live = useLive((state) => `${state.run?.run_id} ${state.run?.status}`);
  const runs = useQuery({ queryKey: ["editor", "runs", workflow.id], queryFn: () => getRuns(workflow.id) });
  const refetch = runs.refetch;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever a run begins or ends
  useEffect(() => {
    void refetch();
  }, [live, refetch]);
  const [chosen, setChosen] = useState<Run | null>(null);
  if (runs.isPending) return <SkeletonRows count={3} />;
  if (runs.error) return <ErrorState error={runs.error} onRetry={() => void refetch()} className="py-6" />;
  if (runs.data.length === 0) return <p className="py-8 text-center text-sm text-ink-3">{t.run.none}</p>;
  return (
    <>
      <ul className="flex flex-col py-1" data-testid="runs">
        {runs.data.map((run, index) => (
          <li
            key={run.id}
            className="relative flex items-center gap-4 rounded-md px-3 py-1.5 text-sm hover:bg-hover has-[button:focus-visible]:bg-hover"
          >
            <button
              type="button"
              data-testid="run-open"
              aria-label={`${t.operate.runs.open}: ${t.run.status[run.status]}, ${TIME.format(new Date(run.created_at))}`}
              className="w-28 shrink-0 rounded-sm text-left after:absolute after:inset-0 after:content-['']"
              onClick={() => view.setState({ runId: run.id })}
            >
              <StatusLabel tone={RUN_TONES[run.status] ?? "neutral"}>
                {t.run.status[run.status] ?? run.status}
              </StatusLabel>
            </button>
            <span className="w-20 shrink-0 text-xs text-ink-2">
              {run.version ? t.run.version(run.version) : ""}
            </span>
            <span className="min-w-0 flex-1 truncate text-xs text-ink-3" title={run.error || run.message}>
              {run.error || run.message || nameOf(run)}
            </span>
            <Changes run={run} />
            <span className="shrink-0 text-xs text-ink-3 max-xl:hidden">{placeOf(run)}</span>
            <time dateTime={run.created_at} className="shrink-0 text-xs text-ink-3 tabular-nums">
              {TIME.format(new Date(run.created_at))}
            </time>
            <span className="relative z-1 flex w-32 shrink-0 justify-end">
              {run.status === "succeeded" && index > 0 && run.operation !== "undeploy" && (
                <Button size="sm" variant="ghost" onClick={() => setChosen(run)}>
                  <Undo2 />
                  {t.run.rollBack}
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
      <RollBackDialog run={chosen} onClose={() => setChosen(null)} />
    </>
  );
}

/** What changed with it, in numbers; what stayed is no news. */
function Changes({ run }: { run: Run }) {
  if (!run.changes) return null;
  const counts = countsOf({ summary: run.changes }).filter(({ action }) => action !== "unchanged");
  return (
    <span className="flex shrink-0 gap-1 max-lg:hidden" data-testid="run-changes">
      {counts.length === 0 && <span className="text-xs text-ink-3">{t.operate.runs.nothingChanged}</span>}
      {counts.map(({ action, count }) => (
        <Badge key={action} tone={ACTION_TONES[action]}>
          {run.status === "succeeded" ? t.run.made(count, action) : t.plan.counted(count, action)}
        </Badge>
      ))}
    </span>
  );
}

function nameOf(run: Run): string {
  return run.operation === "undeploy" ? t.operate.runs.operations.undeploy : "";
}

function placeOf(run: Run): string {
  const cluster = typeof run.cluster === "string" ? run.cluster : "";
  return [cluster, run.namespace ?? ""].filter((part) => part !== "").join(" / ");
}

function RollBackDialog({ run, onClose }: { run: Run | null; onClose: () => void }) {
  const { view, workflow } = useEditor();
  const [isBusy, setBusy] = useState(false);
  if (!run) return null;
  const start = async () => {
    setBusy(true);
    try {
      await rollBack(workflow.id, run.id);
      toast.note(t.run.rolledBack);
      view.setState({ drawer: "run" });
      onClose();
    } catch (error) {
      toast.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t.run.rollBack}
      description={t.run.rollBackText(run.version ? t.run.version(run.version) : run.id)}
      action={t.run.rollBack}
      isDanger={false}
      isBusy={isBusy}
      onConfirm={() => void start()}
    />
  );
}
