/** What a run would do, object by object, with the fields that change. */

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { Badge, cn, Notice } from "@/ui";
import { ACTION_TONES } from "../canvas/tones";
import {
  changesAnything,
  countsOf,
  isRefused,
  rowKey,
  type Shared,
  sharedOf,
  sortedRows,
} from "../model/plan";
import type { Json, Plan, PlanRow } from "../model/types";
import { t } from "../texts";

export function PlanView({ plan }: { plan: Plan }) {
  return (
    <div className="flex flex-col gap-2.5" data-testid="plan">
      {isRefused(plan) && <Notice tone="bad">{t.plan.refused}</Notice>}
      {!isRefused(plan) && !changesAnything(plan) && <Notice tone="ok">{t.plan.nothing}</Notice>}
      <div className="flex flex-wrap gap-1.5" data-testid="plan-summary">
        {countsOf(plan).map(({ action, count }) => (
          <Badge key={action} tone={ACTION_TONES[action]}>
            {t.plan.counted(count, action)}
          </Badge>
        ))}
      </div>
      <PlanRows rows={sortedRows(plan)} />
    </div>
  );
}

/** `isOpen`: the fields are shown without being asked for. */
export function PlanRows({ rows, isOpen = false }: { rows: readonly PlanRow[]; isOpen?: boolean }) {
  const isFlat = rows.every((row) => row.diff.length === 0);
  const shared = sharedOf(rows);
  return (
    <div className="flex flex-col gap-2">
      {shared.reason && (
        <p className="text-xs text-pretty text-ink-2">
          {shared.reason} {shared.isUnverified && t.plan.allUnverified}
        </p>
      )}
      <ul className="overflow-hidden rounded-lg border border-line">
        {rows.map((row) => (
          <PlanLine key={rowKey(row)} row={row} isFlat={isFlat} isOpenFirst={isOpen} shared={shared} />
        ))}
      </ul>
    </div>
  );
}

interface LineProps {
  row: PlanRow;
  /** No row of this plan can be opened, so none needs room for an arrow. */
  isFlat: boolean;
  isOpenFirst: boolean;
  shared: Shared;
}

function PlanLine({ row, isFlat, isOpenFirst, shared }: LineProps) {
  const [isOpen, setOpen] = useState(isOpenFirst);
  const count = row.diff.length;
  return (
    <li
      className="border-b border-line last:border-0"
      data-testid="plan-row"
      data-action={row.action}
      data-kind={row.kind}
    >
      <button
        type="button"
        aria-expanded={count > 0 ? isOpen : undefined}
        disabled={count === 0}
        className="flex w-full items-center gap-2 px-2.5 py-2 text-left text-sm enabled:hover:bg-hover"
        onClick={() => setOpen(!isOpen)}
      >
        <ChevronRight
          aria-hidden
          className={cn(
            "size-3.5 shrink-0 text-ink-3 transition-transform",
            isOpen && "rotate-90",
            count === 0 && "invisible",
            isFlat && "hidden",
          )}
        />
        <span className="w-18 shrink-0">
          <Badge tone={ACTION_TONES[row.action]}>{t.plan.actions[row.action]}</Badge>
        </span>
        <span className="shrink-0 text-xs text-ink-3">{row.kind}</span>
        <span
          className="min-w-0 truncate font-mono text-xs"
          title={row.namespace ? `${row.namespace}/${row.name}` : row.name}
        >
          {row.namespace && row.namespace !== shared.namespace && (
            <span className="text-ink-3">{row.namespace}/</span>
          )}
          {row.name}
        </span>
        {count > 0 && <span className="ml-auto shrink-0 text-2xs text-ink-3">{t.plan.fields(count)}</span>}
        {count === 0 && !row.verified && !shared.isUnverified && (
          <span className="ml-auto shrink-0 text-2xs text-ink-3">{t.plan.unverified}</span>
        )}
      </button>
      {row.reason && row.reason !== shared.reason && (
        <p
          className={cn(
            "pb-2 text-xs text-pretty",
            isFlat ? "px-3" : "px-8.5",
            row.action === "refused" ? "text-bad-ink" : "text-ink-3",
          )}
        >
          {row.reason}
        </p>
      )}
      {isOpen && <Diff row={row} />}
    </li>
  );
}

function Diff({ row }: { row: PlanRow }) {
  return (
    <dl className="flex flex-col gap-1.5 border-t border-line bg-sunken px-8.5 py-2 font-mono text-2xs">
      {row.diff.map((change) => (
        <div key={change.path} className="min-w-0">
          <dt className="break-all text-ink-2">{change.path}</dt>
          <dd className="flex flex-col">
            {change.from !== null && <span className="break-all text-bad-ink">− {show(change.from)}</span>}
            {change.to !== null ? (
              <span className="break-all text-ok-ink">+ {show(change.to)}</span>
            ) : (
              <span className="text-ink-3">{t.plan.absent}</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const show = (value: Json) => (typeof value === "string" ? value : JSON.stringify(value));
