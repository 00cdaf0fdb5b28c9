import { cn } from "@/ui";
import { useEditor, useView } from "../editor";
import type { PlanAction, PlanRow } from "../model/types";
import { t } from "../texts";
import { actionOf, fieldCount } from "./planned";

const LOOKS: Record<PlanAction, string> = {
  refused: "bg-bad text-on-accent",
  delete: "bg-bad text-on-accent",
  replace: "bg-warn-soft text-warn-ink ring-1 ring-warn/60",
  update: "bg-info-soft text-info-ink ring-1 ring-info/60",
  create: "bg-ok-soft text-ok-ink ring-1 ring-ok/60",
  keep: "bg-hover text-ink-2 ring-1 ring-line-strong",
  unchanged: "",
};

/** What would be done to it, while a plan lies over the picture; the empty string when it is not in the plan. */
export function usePlannedAction(id: string): PlanAction | "" {
  return useView(({ planned }) => {
    const rows = planned?.byNode[id];
    return rows ? actionOf(rows) : "";
  });
}

/** What a run would do to the node; pressing it shows field by field. */
export function PlanBadge({ id, name }: { id: string; name: string }) {
  const { selection } = useEditor();
  const rows = useView(({ planned }) => planned?.byNode[id]);
  if (!rows || actionOf(rows) === "unchanged") return null;
  return (
    <button
      type="button"
      data-testid="plan-badge"
      data-action={actionOf(rows)}
      aria-label={t.planned.badge(name, t.plan.actions[actionOf(rows)])}
      className="nodrag nopan absolute -top-2.5 right-3 z-1 flex rounded-full"
      onClick={(event) => {
        event.stopPropagation();
        selection.getState().select([id]);
      }}
    >
      <PlanMark rows={rows} />
    </button>
  );
}

export function PlanMark({ rows }: { rows: readonly PlanRow[] }) {
  const action = actionOf(rows);
  const count = action === "update" || action === "replace" ? fieldCount(rows) : 0;
  return (
    // The colours let through what lies behind: here, the border of the box.
    <span className="rounded-full bg-surface shadow-sm">
      <span className={cn("block rounded-full px-2 py-px text-2xs font-semibold", LOOKS[action])}>
        {t.plan.actions[action]}
        {count > 0 && <span className="ml-1 font-normal">{t.plan.fields(count)}</span>}
      </span>
    </span>
  );
}
