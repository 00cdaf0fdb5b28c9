import { Ban, Check, ListTree, X, Zap } from "lucide-react";
import type { ReactNode } from "react";
import type { Build, BuildStep } from "@/data/builds";
import { seconds } from "@/data/durations";
import { since, useNow } from "@/live/builds/took";
import { t } from "@/texts";
import { cn, Spinner } from "@/ui";

const ICONS: Record<string, ReactNode> = {
  running: <Spinner />,
  done: <Check className="text-ok" />,
  cached: <Zap className="text-info" />,
  failed: <X className="text-bad" />,
  cancelled: <Ban className="text-ink-3" />,
};

const row =
  "flex w-full items-start gap-2.5 rounded-md px-2.5 py-1.5 text-left text-xs leading-5 transition-colors hover:bg-hover aria-pressed:bg-active [&_svg]:size-3.5 focus-visible:-outline-offset-2";

interface StepsProps {
  build: Build;
  /** The place of the one whose lines are read; null for all. */
  chosen: number | null;
  onChoose: (place: number | null) => void;
}

/** What was done one after the other, and how long it took; pressing one shows its lines alone. */
export function Steps({ build, chosen, onChoose }: StepsProps) {
  const now = useNow(build.steps.some((step) => step.status === "running"));
  return (
    <nav aria-label={t.builds.steps} className="flex min-h-0 flex-col">
      <button
        type="button"
        className={cn(row, "shrink-0 font-medium")}
        aria-pressed={chosen === null}
        onClick={() => onChoose(null)}
      >
        <span className="mt-0.75 text-ink-3">
          <ListTree aria-hidden />
        </span>
        {t.builds.allSteps}
      </button>
      {build.steps.length === 0 ? (
        <p className="px-2.5 py-2 text-xs text-ink-3">
          {build.status === "queued" ? t.builds.waiting : t.builds.noSteps}
        </p>
      ) : (
        <ol className="min-h-0 flex-1 overflow-y-auto" data-testid="build-steps">
          {build.steps.map((step, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end
            <li key={place}>
              <button
                type="button"
                className={row}
                aria-pressed={place === chosen}
                onClick={() => onChoose(place === chosen ? null : place)}
                title={step.name}
              >
                <span className="mt-0.75 shrink-0" aria-hidden>
                  {ICONS[step.status] ?? ICONS.done}
                </span>
                <span
                  className={cn(
                    "line-clamp-2 min-w-0 flex-1 break-words",
                    step.name.startsWith("[") && "font-mono",
                    step.status === "cancelled" && "text-ink-3",
                  )}
                >
                  {step.name}
                  <span className="sr-only">, {t.builds.stepStates[step.status] ?? step.status}</span>
                </span>
                <span className="shrink-0 text-ink-3 tabular-nums">{tookOf(step, now)}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </nav>
  );
}

function tookOf(step: BuildStep, now: number): string {
  if (step.status === "cached") return t.builds.cached;
  if (step.seconds !== null) return seconds(step.seconds);
  return step.status === "running" && step.started_at ? since(step.started_at, now) : "";
}
