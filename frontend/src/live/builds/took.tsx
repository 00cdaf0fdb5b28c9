import { useEffect, useState } from "react";
import type { BuildSummary } from "@/data/builds";
import { seconds } from "@/data/durations";

/** The time now, each second while somebody waits. */
export function useNow(isRunning: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isRunning) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return now;
}

/** How long since then, in whole seconds, which tick; clocks differ, and nothing took less than no time. */
export function since(start: string, now: number): string {
  const whole = Math.max(0, Math.floor((now - new Date(start).getTime()) / 1000));
  return whole < 60 ? `${whole} s` : seconds(whole);
}

export function Took({ build }: { build: Pick<BuildSummary, "seconds" | "started_at" | "finished_at"> }) {
  const isRunning = build.started_at !== null && build.finished_at === null;
  const now = useNow(isRunning);
  if (build.seconds !== null) return seconds(build.seconds);
  return isRunning && build.started_at ? since(build.started_at, now) : "–";
}
