import type { ResourceDetail } from "@/data/resources";
import { t } from "@/texts";
import { Badge, Card, Time } from "@/ui";

const FIELDS = 12;

/** Who changed it, when, and which fields: from the cluster's own record and from ours. */
export function History({ entries }: { entries: ResourceDetail["history"] }) {
  if (entries.length === 0) {
    return <Card className="px-4 py-8 text-center text-sm text-ink-3">{t.resources.noHistory}</Card>;
  }
  return (
    <Card>
      <ol className="divide-y divide-line" aria-label={t.resources.history}>
        {entries.map((entry) => (
          <li
            key={`${entry.at} ${entry.who} ${entry.action}`}
            className="flex items-start gap-3 px-4 py-2.5 text-sm"
          >
            <span className="w-24 shrink-0">
              <Badge tone={entry.source === "sailcloth" ? "accent" : "neutral"}>
                {t.resources.historySource[entry.source]}
              </Badge>
            </span>
            <span className="min-w-0 flex-1">
              <span className="font-medium break-words">{entry.who}</span>{" "}
              <span className="text-ink-3">{entry.action}</span>
              {entry.fields.length > 0 && <Fields fields={entry.fields} />}
              {Object.entries(entry.detail).map(([key, value]) => (
                <span key={key} className="mt-0.5 block font-mono text-2xs break-all text-ink-2">
                  {key}: {typeof value === "string" ? value : JSON.stringify(value)}
                </span>
              ))}
            </span>
            <Time value={entry.at || null} className="shrink-0 text-xs text-ink-3" />
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Fields({ fields }: { fields: readonly string[] }) {
  return (
    <details className="mt-0.5 text-xs">
      <summary className="w-fit cursor-pointer rounded-sm text-ink-3 hover:text-ink">
        {t.resources.fields(fields.length)}
      </summary>
      <ul className="mt-1 font-mono text-2xs text-ink-2">
        {fields.slice(0, FIELDS).map((field) => (
          <li key={field} className="break-all">
            {field}
          </li>
        ))}
        {fields.length > FIELDS && (
          <li className="font-sans text-ink-3">{t.resources.moreFields(fields.length - FIELDS)}</li>
        )}
      </ul>
    </details>
  );
}
