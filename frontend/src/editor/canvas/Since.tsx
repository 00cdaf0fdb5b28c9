/** How long ago, in the fewest letters, true while the page is open: each draws itself alone when the minute is over. */

import { useSyncExternalStore } from "react";
import { t } from "../texts";

const TICK = 15_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all, and none while nobody looks at it. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, TICK);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

export function Since({ at, title, className }: { at: string; title: string; className?: string }) {
  const text = useSyncExternalStore(subscribe, () => shortSince(at, Date.now()));
  return (
    <time dateTime={at} title={title} className={className} data-testid="node-since">
      {text}
    </time>
  );
}

const STEPS: readonly [keyof typeof t.since, number][] = [
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
];

/** Clocks differ: what lies ahead is now. */
export function shortSince(at: string, now: number): string {
  const seconds = (now - new Date(at).getTime()) / 1000;
  for (const [unit, size] of STEPS) {
    if (seconds >= size) return t.since[unit](Math.floor(seconds / size));
  }
  return t.since.now();
}
