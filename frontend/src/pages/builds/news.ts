/** What a build's stream tells, put into what is known of the build. Pure. */
import type { Build, BuildStatus, BuildStep } from "@/data/builds";

export interface StepNews {
  name: string;
  status: string;
  seconds: number | null;
}

export interface StatusNews {
  status: BuildStatus;
  progress: number;
}

/** A step ends where it is under way; else it is a new one. */
export function withStep(build: Build, news: StepNews, now: string): Build {
  const place = build.steps.findLastIndex((step) => step.name === news.name && step.status === "running");
  if (place < 0) return { ...build, steps: [...build.steps, { ...news, started_at: now }] };
  const steps = build.steps.map((step, index): BuildStep => (index === place ? { ...step, ...news } : step));
  return { ...build, steps };
}

/** A build that starts is given its time, for clocks that tick. */
export function withStatus(build: Build, news: StatusNews, now: string): Build {
  const isStart = build.started_at === null && news.status !== "queued" && news.status !== "cancelled";
  return { ...build, ...news, ...(isStart ? { started_at: now } : {}) };
}
