/** Below the picture while a plan lies over it: what it comes to, whether it still holds, and the way to the run. */

import { List, Play, RotateCw, X } from "lucide-react";
import { useState } from "react";
import { Badge, Button, IconButton, toast } from "@/ui";
import { makePlan } from "../api/calls";
import { ACTION_TONES } from "../canvas/tones";
import { useEditor, useGraph, useView } from "../editor";
import { changesAnything, countsOf } from "../model/plan";
import { t } from "../texts";
import { type Planned, plannedOf } from "./planned";

export function PlannedBar() {
  const planned = useView((state) => state.planned);
  return planned && <Bar planned={planned} />;
}

function Bar({ planned }: { planned: Planned }) {
  const { autosave, graph, view, workflow } = useEditor();
  const isStale = useGraph((state) => state.graph !== planned.graph);
  const [isBusy, setBusy] = useState(false);
  const askAgain = async () => {
    setBusy(true);
    try {
      if (!(await autosave.flush())) throw new Error(t.plan.notSaved);
      const now = graph.getState().graph;
      const place = { cluster: planned.cluster, namespace: planned.namespace };
      const plan = await makePlan(workflow.id, place, new AbortController().signal);
      view.setState({ planned: plannedOf(place, plan, now) });
    } catch (error) {
      toast.failed(error);
    }
    setBusy(false);
  };
  const counts = countsOf(planned.plan).filter(({ action }) => action !== "unchanged");
  return (
    <section
      aria-label={t.planned.label}
      data-testid="planned-bar"
      className="absolute bottom-4 left-1/2 z-10 flex w-max max-w-[calc(100%-7rem)] -translate-x-1/2 animate-rise-in flex-wrap items-center gap-2 rounded-xl border border-line bg-raised py-1.5 pr-1.5 pl-3.5 text-sm shadow-md"
    >
      <span className="min-w-0 truncate text-xs text-ink-2">
        {t.planned.on(t.operate.target.place(planned.cluster, planned.namespace))}
      </span>
      {counts.map(({ action, count }) => (
        <Badge key={action} tone={ACTION_TONES[action]}>
          {t.plan.counted(count, action)}
        </Badge>
      ))}
      {!changesAnything(planned.plan) && counts.length === 0 && (
        <span className="text-xs text-ink-3">{t.planned.nothing}</span>
      )}
      {isStale && (
        <Button
          size="sm"
          variant="ghost"
          isBusy={isBusy}
          title={t.planned.stale}
          onClick={() => void askAgain()}
        >
          <RotateCw />
          {t.planned.again}
        </Button>
      )}
      <Button size="sm" variant="ghost" onClick={() => view.setState({ isRunOpen: true, isPlanOnly: true })}>
        <List />
        {t.planned.list}
      </Button>
      {workflow.role !== "viewer" && (
        <Button
          size="sm"
          variant="primary"
          onClick={() => view.setState({ isRunOpen: true, isPlanOnly: false })}
        >
          <Play className="fill-current" />
          {t.run.start}
        </Button>
      )}
      <IconButton size="sm" label={t.planned.hide} onClick={() => view.setState({ planned: null })}>
        <X />
      </IconButton>
    </section>
  );
}
