import type { BuildStatus, BuildSummary } from "@/data/builds";
import { t } from "@/texts";
import { StatusLabel, type Tone } from "@/ui";

const TONES: Record<BuildStatus, Tone> = {
  queued: "neutral",
  fetching: "info",
  building: "info",
  pushing: "info",
  succeeded: "ok",
  failed: "bad",
  cancelled: "neutral",
};

export function BuildStatusLabel({ build }: { build: Pick<BuildSummary, "status" | "is_cancelling"> }) {
  const { status, is_cancelling } = build;
  return (
    <StatusLabel
      tone={is_cancelling ? "warn" : TONES[status]}
      isLive={is_cancelling || TONES[status] === "info"}
    >
      <span data-testid="build-status" data-status={status}>
        {is_cancelling ? t.builds.stopping : t.builds.status[status]}
      </span>
    </StatusLabel>
  );
}

/** How far it is; only for what is under way. */
export function ProgressBar({ value, className = "" }: { value: number; className?: string }) {
  const percent = Math.round(value * 100);
  return (
    <div
      role="progressbar"
      aria-label={t.builds.progress}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      className={`h-1 overflow-hidden rounded-full bg-active ${className}`}
    >
      <div
        className="h-full rounded-full bg-info transition-[width] duration-500"
        style={{ width: `${Math.max(percent, 2)}%` }}
      />
    </div>
  );
}
