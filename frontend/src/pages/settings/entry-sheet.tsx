import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ActivitySearch } from "@/app/search";
import { type AuditEntry, entryQuery } from "@/data/audit";
import { t } from "@/texts";
import { Button, ErrorState, formatTime, Sheet, Skeleton } from "@/ui";
import { actorOf, pageOf, wordsOf } from "./entry-words";

interface SheetProps {
  id: string;
  /** The entry, where the list has it already. */
  known: AuditEntry | undefined;
  onClose: () => void;
  onNarrow: (next: Partial<ActivitySearch>) => void;
}

export function EntrySheet({ id, known, onClose, onNarrow }: SheetProps) {
  const found = useQuery({ ...entryQuery(id), ...(known ? { initialData: known } : {}) });
  const navigate = useNavigate();
  const entry = found.data;
  const page = entry && pageOf(entry);
  return (
    <Sheet
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={entry ? wordsOf(entry.action) : t.activity.details}
      description={entry ? formatTime(entry.created_at) : undefined}
      footer={
        page && (
          <Button variant="primary" onClick={() => void navigate({ href: page })}>
            {t.activity.open}
          </Button>
        )
      }
    >
      {found.isPending ? (
        <Skeleton className="h-40" />
      ) : !entry ? (
        <ErrorState error={found.error} />
      ) : (
        <Facts entry={entry} onNarrow={onNarrow} />
      )}
    </Sheet>
  );
}

function Facts({ entry, onNarrow }: { entry: AuditEntry; onNarrow: SheetProps["onNarrow"] }) {
  const { actor, object } = entry;
  return (
    <>
      <dl className="divide-y divide-line text-sm">
        <Fact name={t.activity.who}>
          {actorOf(entry)}
          {actor.kind !== "system" && (
            <Button size="sm" variant="ghost" className="-mx-2" onClick={() => onNarrow({ actor: actor.id })}>
              {t.activity.onlyThem}
            </Button>
          )}
        </Fact>
        <Fact name={t.activity.which}>
          {object.name || object.id || "–"}
          {object.id && (
            <Button
              size="sm"
              variant="ghost"
              className="-mx-2"
              onClick={() => onNarrow({ type: object.type, object: object.id })}
            >
              {t.activity.onlyThis}
            </Button>
          )}
        </Fact>
        <Fact name={t.activity.from}>{entry.ip === null ? t.activity.hidden : entry.ip || "–"}</Fact>
        <Fact name={t.activity.action}>
          <code className="font-mono text-xs">{entry.action}</code>
        </Fact>
        <Fact name={t.activity.request}>
          <code className="font-mono text-xs wrap-anywhere">{entry.request_id || "–"}</code>
        </Fact>
      </dl>
      <h3 className="mt-4 mb-2 text-sm font-semibold">{t.activity.details}</h3>
      {Object.keys(entry.detail).length === 0 ? (
        <p className="text-sm text-ink-3">{t.activity.noDetails}</p>
      ) : (
        <pre className="overflow-x-auto rounded-md bg-sunken p-3 font-mono text-xs whitespace-pre-wrap wrap-anywhere">
          {JSON.stringify(entry.detail, null, 2)}
        </pre>
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-3 py-2.5">
      <dt className="w-20 shrink-0 text-ink-3">{name}</dt>
      <dd className="flex min-w-0 flex-1 flex-wrap items-center justify-between gap-2 wrap-anywhere">
        {children}
      </dd>
    </div>
  );
}
