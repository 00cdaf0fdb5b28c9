import type { ResourceDetail } from "@/data/resources";
import { t } from "@/texts";
import { Badge, Card, Time } from "@/ui";

export function Events({ events }: { events: ResourceDetail["events"] }) {
  if (events.length === 0) {
    return <Card className="px-4 py-8 text-center text-sm text-ink-3">{t.resources.noEvents}</Card>;
  }
  return (
    <Card>
      <ol className="divide-y divide-line" aria-label={t.resources.events} data-testid="resource-events">
        {events.map((event) => (
          <li
            key={`${event.reason} ${event.message} ${event.last_seen_at}`}
            className="flex items-start gap-3 px-4 py-2.5 text-sm"
          >
            <span className="w-36 shrink-0">
              <Badge tone={event.type === "Warning" ? "warn" : "neutral"}>{event.reason || event.type}</Badge>
            </span>
            <span className="min-w-0 flex-1 break-words">{event.message}</span>
            <span className="shrink-0 text-right text-xs text-ink-3">
              <Time value={event.last_seen_at || null} />
              {event.count > 1 && <span className="block">{t.resources.times(event.count)}</span>}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
