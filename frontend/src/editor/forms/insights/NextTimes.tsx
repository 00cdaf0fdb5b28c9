/** When a schedule would start its next jobs. Reading it is a library's business, fetched only when one is shown. */

import { Cron } from "croner";
import { t } from "../../texts";
import { useForm } from "../context";
import type { InsightProps } from "./Insight";

const COUNT = 5;
/** What the controller of Kubernetes uses where a cron job names no time zone, unless its host says otherwise. */
const CLUSTER_ZONE = "UTC";

export default function NextTimes({ text }: InsightProps) {
  const zone = useForm().zone || CLUSTER_ZONE;
  const times = nextTimes(text, zone, new Date());
  if (times.length === 0) return null;
  return (
    <div className="rounded-md bg-sunken px-2.5 py-2 text-2xs text-ink-2" data-testid="next-times">
      <p className="pb-1 text-ink-3">{t.form.nextTimes(zone)}</p>
      <ol className="flex flex-col gap-0.5 tabular-nums">
        {times.map((time) => (
          <li key={time.getTime()}>
            <time dateTime={time.toISOString()}>{format(time, zone)}</time>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The next times of a five-field schedule; none where it cannot be read: the server says what is wrong with it. */
export function nextTimes(schedule: string, zone: string, after: Date): Date[] {
  try {
    return new Cron(schedule.trim(), { timezone: zone, mode: "5-part", legacyMode: true }).nextRuns(
      COUNT,
      after,
    );
  } catch {
    return [];
  }
}

function format(time: Date, zone: string): string {
  return time.toLocaleString(undefined, {
    timeZone: zone,
    weekday: "short",
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
}
