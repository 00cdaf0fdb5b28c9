/** What the cluster has beside what was deployed, and the two ways to end that. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { ArrowDownToLine, CircleCheck, RotateCw, Undo2 } from "lucide-react";
import { useState } from "react";
import { Button, Checkbox, ErrorState, Notice, Skeleton, Tooltip, toast } from "@/ui";
import { useEditor, useLive } from "../editor";
import { isRunning } from "../model/live";
import { t } from "../texts";
import { adopt, type DriftObject, getDrift, nameOf, revert } from "./calls";
import { DriftObjectRow } from "./DriftRow";
import { placeOf, useTargets } from "./targets";

const words = t.operate.drift;

export function DriftPanel() {
  const { workflow } = useEditor();
  const { current } = useTargets();
  const run = useLive((state) => `${state.run?.run_id} ${state.run?.status}`);
  const running = useLive((state) => isRunning(state.run));
  const drift = useQuery({
    queryKey: ["editor", "drift", workflow.id, current?.id, run],
    queryFn: () => getDrift(workflow.id, current?.id),
    // While it is being changed there is nothing to compare.
    enabled: !running && (current?.is_deployed ?? false),
    // It asks the cluster about every object: only when somebody wants to know.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  if (running) return <p className="py-8 text-center text-sm text-ink-3">{words.waiting}</p>;
  if (!current?.is_deployed)
    return <p className="py-8 text-center text-sm text-ink-3">{words.notDeployed}</p>;
  if (drift.isPending) {
    return (
      <div role="status" className="flex flex-col gap-2 px-3 py-3 text-sm text-ink-3">
        {words.checking}
        <Skeleton className="h-8" />
        <Skeleton className="h-8" />
      </div>
    );
  }
  if (drift.isError) {
    return <ErrorState className="py-6" error={drift.error} onRetry={() => void drift.refetch()} />;
  }
  if (drift.data.version === null && drift.data.checked === 0)
    return <p className="py-8 text-center text-sm text-ink-3">{words.nothingDeployed}</p>;
  const again = (
    <Button size="sm" variant="ghost" isBusy={drift.isFetching} onClick={() => void drift.refetch()}>
      <RotateCw />
      {words.check}
    </Button>
  );
  if (drift.data.objects.length === 0) {
    return (
      <div
        className="flex flex-col items-center gap-1 py-7 text-center text-sm text-ink-2"
        data-testid="no-drift"
      >
        <CircleCheck aria-hidden className="size-5 text-ok" />
        {words.none}
        <span className="mb-1 text-xs text-ink-3">{placeOf(current)}</span>
        {again}
      </div>
    );
  }
  return (
    <Differences
      key={drift.dataUpdatedAt}
      objects={drift.data.objects}
      targetId={current.id}
      again={again}
      onSettled={() => void drift.refetch()}
    />
  );
}

interface DifferencesProps {
  objects: readonly DriftObject[];
  targetId: string;
  again: React.ReactNode;
  onSettled: () => void;
}

function Differences({ objects, targetId, again, onSettled }: DifferencesProps) {
  const { autosave, view, workflow } = useEditor();
  const running = useLive((state) => isRunning(state.run));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(objects.map(nameOf)));
  const wanted = objects.filter((object) => chosen.has(nameOf(object)));
  const toRevert = useMutation({
    mutationFn: () => revert(workflow.id, targetId, wanted),
    onSuccess: () => {
      toast.note(words.reverting);
      view.setState({ drawer: "run" });
    },
    onError: toast.failed,
  });
  const toAdopt = useMutation({
    mutationFn: async () => {
      if (!(await autosave.flush())) throw new Error(t.plan.notSaved);
      await adopt(workflow.id, targetId, wanted, autosave.etag);
      await autosave.takeTheirs();
    },
    onSuccess: () => {
      toast.done(words.adopted);
      onSettled();
    },
    onError: toast.failed,
  });
  const isBusy = toRevert.isPending || toAdopt.isPending;
  const mayChange = workflow.role !== "viewer";
  const toggle = (name: string, isOn: boolean) => {
    const next = new Set(chosen);
    if (isOn) next.add(name);
    else next.delete(name);
    setChosen(next);
  };
  return (
    <div className="flex flex-col" data-testid="drift">
      <div className="sticky top-0 z-1 flex flex-wrap items-center gap-2 bg-surface px-3 py-2">
        {mayChange && (
          <Checkbox
            isOn={wanted.length === objects.length}
            label={words.count(objects.length)}
            onChange={(isOn) => setChosen(new Set(isOn ? objects.map(nameOf) : []))}
          />
        )}
        <span className="ml-auto flex items-center gap-1.5">
          {again}
          {mayChange && (
            <>
              <Tooltip label={words.adoptHint}>
                <Button
                  size="sm"
                  isBusy={toAdopt.isPending}
                  disabled={wanted.length === 0 || isBusy || running}
                  onClick={() => toAdopt.mutate()}
                  data-testid="drift-adopt"
                >
                  <ArrowDownToLine />
                  {words.adopt}
                </Button>
              </Tooltip>
              <Tooltip label={words.revertHint}>
                <Button
                  size="sm"
                  isBusy={toRevert.isPending}
                  disabled={wanted.length === 0 || isBusy || running}
                  onClick={() => toRevert.mutate()}
                  data-testid="drift-revert"
                >
                  <Undo2 />
                  {words.revert}
                </Button>
              </Tooltip>
            </>
          )}
        </span>
      </div>
      {objects.some((object) => object.state === "unknown") &&
        objects.every((object) => object.state === "unknown") && (
          <Notice tone="warn" className="mx-3 mb-2">
            {objects[0]?.message}
          </Notice>
        )}
      <ul className="mx-3 mb-3 divide-y divide-line rounded-lg border border-line">
        {objects.map((object) => (
          <DriftObjectRow
            key={nameOf(object)}
            object={object}
            isChosen={chosen.has(nameOf(object))}
            {...(mayChange ? { onChoose: (isOn: boolean) => toggle(nameOf(object), isOn) } : {})}
          />
        ))}
      </ul>
    </div>
  );
}
