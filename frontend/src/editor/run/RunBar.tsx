/** The run of the moment, over the picture: how far it is, and how it ended. */

import { Square, X } from "lucide-react";
import { useState } from "react";
import { Button, cn, IconButton, StatusDot, toast } from "@/ui";
import { cancelRun } from "../api/calls";
import { AwaitedCard } from "../building/AwaitedCard";
import { RUN_TONES } from "../canvas/tones";
import { useCanvas } from "../canvas/useCanvas";
import { useEditor, useGraph, useLive, useSelection } from "../editor";
import { isRunning, progressOf } from "../model/live";
import { nodeName } from "../model/names";
import type { LiveRun } from "../model/types";
import { t } from "../texts";

export function RunBar() {
  const run = useLive((state) => state.run);
  const line = useLive((state) => state.line);
  const [isSeen, dismiss] = useRelevance(run);
  return (
    <div className="pointer-events-none absolute inset-x-0 top-3 z-10 flex flex-col items-center gap-2">
      <AwaitedCard />
      {run && isSeen && <RunCard run={run} onDismiss={dismiss} />}
      {line === "reconnecting" && (
        <span
          role="status"
          className="rounded-full border border-line bg-raised px-3 py-1 text-xs text-warn-ink shadow-sm"
        >
          {t.run.lost}
        </span>
      )}
    </div>
  );
}

/** A run that went well before this visit is no news; one that is under way, failed or was watched is. */
function useRelevance(run: LiveRun | null): [boolean, () => void] {
  const [watched, setWatched] = useState<string | null>(null);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const running = isRunning(run);
  if (run && running && watched !== run.run_id) setWatched(run.run_id);
  const id = run?.run_id ?? null;
  const isNews = running || run?.status === "failed" || watched === id;
  return [isNews && dismissed !== id, () => setDismissed(id)];
}

function RunCard({ run, onDismiss }: { run: LiveRun; onDismiss: () => void }) {
  const { view } = useEditor();
  const tone = RUN_TONES[run.status];
  const running = isRunning(run);
  const troubled = useTroubled();
  // What a run found at its end may be otherwise by now.
  const since = run.status === "succeeded" && troubled !== "" ? t.run.since(troubled) : "";
  return (
    <div
      data-testid="run-bar"
      data-status={run.status}
      className="pointer-events-auto w-120 max-w-[92%] animate-rise-in overflow-hidden rounded-xl border border-line bg-raised shadow-md"
    >
      <div className="flex items-start gap-2.5 py-1.5 pr-1.5 pl-3">
        <StatusDot tone={tone} isLive={running} className="mt-1.5" />
        <button
          type="button"
          className="min-w-0 flex-1 text-left"
          onClick={() => view.setState(({ drawer }) => ({ drawer: drawer === "run" ? null : "run" }))}
        >
          <span role="status" className="flex items-baseline gap-2 text-sm">
            <span className="font-medium">{t.run.status[run.status]}</span>
            <span className="truncate text-xs text-ink-3">
              {t.run.version(run.version)}
              {running && phaseOf(run)}
            </span>
          </span>
          {since && <span className="block text-xs text-pretty text-warn-ink">{since}</span>}
          {run.message && !since && (
            <span
              className={cn(
                "line-clamp-3 text-xs text-pretty",
                tone === "bad" ? "text-bad-ink" : "text-ink-3",
              )}
              data-testid="run-message"
              title={run.message}
            >
              {run.message}
            </span>
          )}
        </button>
        {!running && (tone === "bad" || since !== "") && <WhyButton />}
        {run.status === "deploying" && <CancelButton runId={run.run_id} />}
        {!running && (
          <IconButton size="sm" label={t.run.dismiss} hideTooltip onClick={onDismiss}>
            <X />
          </IconButton>
        )}
      </div>
      {running && <Progress />}
    </div>
  );
}

/** The names of those that do not fare well, as one text: a list would be new at each look. */
function useTroubled(): string {
  const nodes = useGraph((state) => state.graph.nodes);
  return useLive((state) =>
    nodes
      .filter((node) => ["degraded", "failed"].includes(state.nodes[node.id]?.state ?? ""))
      .map(nodeName)
      .join(", "),
  );
}

/** To the first that does not fare well: its settings say why, and what to do. */
function WhyButton() {
  const { selection } = useEditor();
  const canvas = useCanvas();
  const nodes = useGraph((state) => state.graph.nodes);
  const id = useLive((state) => {
    const isIn = (wanted: string) => nodes.find((node) => state.nodes[node.id]?.state === wanted)?.id;
    return isIn("failed") ?? isIn("degraded");
  });
  const isOpen = useSelection((state) => id !== undefined && state.nodeIds.has(id));
  if (!id || isOpen) return null;
  return (
    <Button
      size="sm"
      className="my-0.5"
      data-testid="run-why"
      onClick={() => {
        selection.getState().select([id]);
        canvas.show([id]);
      }}
    >
      {t.run.why}
    </Button>
  );
}

function phaseOf(run: LiveRun): string {
  const phase = run.phase ? ` · ${t.run.phase[run.phase] ?? run.phase}` : "";
  const wave = run.waves > 1 ? ` · ${t.run.wave(Math.max(run.wave, 1), run.waves)}` : "";
  return phase + wave;
}

function CancelButton({ runId }: { runId: string }) {
  const [isAsked, setAsked] = useState(false);
  const cancel = async () => {
    setAsked(true);
    try {
      await cancelRun(runId);
      toast.note(t.run.cancelled);
    } catch (error) {
      setAsked(false);
      toast.failed(error);
    }
  };
  return (
    <Button
      size="sm"
      variant="ghost"
      isBusy={isAsked}
      aria-label={t.run.cancel}
      onClick={() => void cancel()}
    >
      <Square className="fill-current" />
      {t.run.cancelShort}
    </Button>
  );
}

function Progress() {
  const nodes = useGraph((state) => state.graph.nodes);
  const value = useLive((state) =>
    Math.round(
      progressOf(
        state,
        nodes.map((node) => node.id),
      ) * 100,
    ),
  );
  const run = useLive((state) => state.run);
  return (
    <div
      role="progressbar"
      aria-label={t.run.progress}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value}
      className="relative h-1 bg-sunken"
    >
      <div className="h-full bg-accent transition-[width] duration-500" style={{ width: `${value}%` }} />
      {run && run.waves > 1 && <WaveMarks waves={run.waves} />}
    </div>
  );
}

function WaveMarks({ waves }: { waves: number }) {
  const marks = Array.from({ length: waves - 1 }, (_, index) => ((index + 1) / waves) * 100);
  return marks.map((left) => (
    <span key={left} className="absolute inset-y-0 w-0.5 bg-raised" style={{ left: `${left}%` }} />
  ));
}
