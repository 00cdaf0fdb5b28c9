import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { formatAmount } from "@/data/amounts";
import { type ResourceDetail, type ResourceUsage, usageQuery } from "@/data/resources";
import { t } from "@/texts";
import { Card, cn, Notice, Skeleton, StatusDot, Time } from "@/ui";
import { conditionsOf, factsOf } from "./facts";
import { Marks } from "./marks";
import { OwnerTree } from "./tree";

/** How it is and why, what it is made of, and what it belongs to. */
export function Overview({ resource }: { resource: ResourceDetail }) {
  const conditions = conditionsOf(resource.object);
  const measures = resource.actions.includes("logs") && resource.is_live;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,20rem)]">
      <div className="flex min-w-0 flex-col gap-4">
        <Why resource={resource} />
        {resource.notes.length > 0 && (
          <Notice tone="info">
            {resource.notes.map((note) => (
              <p key={note}>{note}</p>
            ))}
          </Notice>
        )}
        <Part title={t.resources.details}>
          <Facts resource={resource} />
        </Part>
        {conditions.length > 0 && (
          <Part title={t.resources.conditions}>
            <ul className="flex flex-col gap-2 text-sm">
              {conditions.map((each) => (
                <li key={each.type} className="grid grid-cols-[0.5rem_minmax(0,1fr)] items-start gap-x-2.5">
                  <StatusDot tone={each.tone} className="mt-1.5" />
                  <span className="min-w-0">
                    <span className="font-medium">{each.type}</span>
                    <span className="text-ink-3"> {each.status}</span>
                    {(each.reason || each.message) && (
                      <span className="block text-xs break-words text-ink-3">
                        {[each.reason, each.message].filter(Boolean).join(": ")}
                      </span>
                    )}
                  </span>
                </li>
              ))}
            </ul>
          </Part>
        )}
        <Pairs title={t.resources.labels} pairs={resource.labels} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        {measures && <Usage id={resource.id} />}
        <Part title={t.resources.tree}>
          <OwnerTree resource={resource} />
        </Part>
        <Marks resource={resource} />
      </div>
    </div>
  );
}

function Why({ resource }: { resource: ResourceDetail }) {
  const text = [resource.reason, resource.summary].filter(Boolean).join(": ");
  if (!text || resource.deleted_at || resource.health === "healthy") return null;
  const tone = resource.health === "degraded" ? "bad" : resource.health === "unknown" ? "warn" : "info";
  return <Notice tone={tone}>{text}</Notice>;
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card className="p-4">
      <section aria-label={title}>
        <h2 className="mb-3 text-sm font-medium">{title}</h2>
        {children}
      </section>
    </Card>
  );
}

function Facts({ resource }: { resource: ResourceDetail }) {
  return (
    <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
      {resource.replicas && (
        <Fact label={t.resources.replicas}>
          {t.resources.usedOf(String(resource.replicas.ready), String(resource.replicas.desired))}
        </Fact>
      )}
      {factsOf(resource.facts).map(({ label, text, isCode }) => (
        <Fact key={label} label={label}>
          <span className={cn("whitespace-pre-line break-words", isCode && "font-mono text-xs")}>{text}</span>
        </Fact>
      ))}
      {resource.node && <Fact label={t.resources.node}>{resource.node}</Fact>}
      <Fact label={t.resources.age}>
        <Time value={resource.created_at} />
      </Fact>
      {!resource.is_live && (
        <Fact label={t.resources.seen}>
          <Time value={resource.last_seen_at} />
        </Fact>
      )}
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

function Pairs({ title, pairs }: { title: string; pairs: Record<string, string> }) {
  const entries = Object.entries(pairs);
  if (entries.length === 0) return null;
  return (
    <Part title={title}>
      <ul className="flex flex-wrap gap-1.5">
        {entries.map(([key, value]) => (
          <li key={key} className="max-w-full rounded-sm bg-hover px-1.5 py-0.5 font-mono text-2xs break-all">
            <span className="text-ink-3">{key}=</span>
            {value}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Usage({ id }: { id: string }) {
  const usage = useQuery(usageQuery(id));
  return (
    <Part title={t.resources.usage}>
      {usage.isPending ? (
        <Skeleton className="h-16" />
      ) : usage.isError && !usage.data ? (
        <p className="text-sm text-ink-3">{usage.error.message}</p>
      ) : usage.data.source === "none" ? (
        <p className="text-sm text-ink-3">{t.resources.noUsage}</p>
      ) : (
        <div className="flex flex-col gap-2.5">
          <Used name="cpu" usage={usage.data} />
          <Used name="memory" usage={usage.data} />
        </div>
      )}
    </Part>
  );
}

function Used({ name, usage }: { name: "cpu" | "memory"; usage: ResourceUsage }) {
  const { used, request, limit } = usage.totals[name];
  const most = limit ?? request;
  const share = used === null || most === null || most <= 0 ? null : Math.min(1, used / most);
  return (
    <div className="text-xs">
      <div className="flex justify-between gap-3">
        <span className="text-ink-3">{t.resources.usageOf[name]}</span>
        <span className="text-ink-2 tabular-nums">
          {used === null ? "–" : formatAmount(name, used)}
          {limit !== null && ` / ${formatAmount(name, limit)}`}
        </span>
      </div>
      {share !== null && (
        <div aria-hidden className="mt-1 h-1.5 overflow-hidden rounded-full bg-active">
          <div
            className={cn("h-full rounded-full bg-accent", share > 0.9 && "bg-warn")}
            style={{ width: `${share * 100}%` }}
          />
        </div>
      )}
      {request !== null && (
        <p className="mt-0.5 text-ink-3">{t.resources.requested(formatAmount(name, request))}</p>
      )}
    </div>
  );
}
