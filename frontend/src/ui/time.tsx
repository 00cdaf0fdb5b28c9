import { useEffect, useState } from "react";
import { t } from "@/texts";

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 minutes ago". Clocks differ: what lies a little ahead is "just now". */
function ago(value: string, now = Date.now()): string {
  const seconds = Math.round((new Date(value).getTime() - now) / 1000);
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return t.time.justNow;
}

export function formatTime(value: string): string {
  return absolute.format(new Date(value));
}

/** A time in words that stay true while the page is open; the exact one on hover. */
export function Time({ value, className }: { value: string | null | undefined; className?: string }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
  if (!value) return <span className={className}>{t.time.never}</span>;
  return (
    <time dateTime={value} title={formatTime(value)} className={className}>
      {ago(value)}
    </time>
  );
}
