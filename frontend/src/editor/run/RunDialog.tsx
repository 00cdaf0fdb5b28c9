/** Where to run, what it would change, and the button that does it. */

import { useQuery } from "@tanstack/react-query";
import { Eye, Play } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { messageOf } from "@/api/errors";
import { Button, Checkbox, Dialog, Field, Input, Notice, Select, Skeleton, toast } from "@/ui";
import { getClusters, type RunOptions, startRun } from "../api/calls";
import { startBuilt } from "../building/calls";
import { builtOf, usedBuilds } from "../building/graph";
import { useCanvas } from "../canvas/useCanvas";
import { useEditor, useGraph, useView } from "../editor";
import { belongsToOthers, isRefused } from "../model/plan";
import type { Cluster } from "../model/types";
import { plannedOf } from "../planned/planned";
import { ProblemRows } from "../problems/ProblemsList";
import { t } from "../texts";
import { PlanView } from "./PlanView";
import { type PlanState, problemsOf, usePlan } from "./usePlan";

export function RunDialog() {
  const { view } = useEditor();
  const isOpen = useView((state) => state.isRunOpen);
  const isPlanOnly = useView((state) => state.isPlanOnly);
  if (!isOpen) return null;
  return <OpenDialog isPlanOnly={isPlanOnly} onClose={() => view.setState({ isRunOpen: false })} />;
}

const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function OpenDialog({ isPlanOnly, onClose }: { isPlanOnly: boolean; onClose: () => void }) {
  const { autosave, view, workflow } = useEditor();
  const canvas = useCanvas();
  const clusters = useQuery({ queryKey: ["editor", "clusters"], queryFn: getClusters });
  const [chosen, setChosen] = useState<string | null>(null);
  const [namespace, setNamespace] = useState(
    () => lastPlace(workflow.id)?.namespace ?? (workflow.namespace || "default"),
  );
  const [options, setOptions] = useState({ rollback: false, force: false, takeOver: false });
  const [isStarting, setStarting] = useState(false);
  const key = useRef(crypto.randomUUID());
  const cluster =
    chosen ?? defaultCluster(clusters.data ?? [], workflow.cluster, lastPlace(workflow.id)?.cluster);
  const nodes = useGraph((graph) => graph.graph);
  const used = useMemo(() => usedBuilds(nodes), [nodes]);
  // What was never built has no image to run.
  const [wantsBuild, setWantsBuild] = useState<boolean | null>(null);
  const isBuilding = !isPlanOnly && used.length > 0 && (wantsBuild ?? used.some((node) => !builtOf(node)));
  const isFit = NAMESPACE.test(namespace);
  const { state, again } = usePlan(
    cluster && isFit ? { cluster, namespace, take_over: options.takeOver } : null,
  );

  async function start(): Promise<void> {
    if (!cluster) return;
    setStarting(true);
    try {
      if (!(await autosave.flush())) throw new Error(t.plan.notSaved);
      const wish = {
        cluster,
        namespace,
        on_failure: options.rollback ? "rollback" : "keep",
        force_conflicts: options.force,
        take_over: options.takeOver,
      } as const;
      if (isBuilding) await buildFirst(wish);
      else await startRun(workflow.id, wish, key.current);
      rememberPlace(workflow.id, { cluster, namespace });
      // What is shown is what runs now, wherever one looked before.
      view.setState({
        isRunOpen: false,
        planned: null,
        targetId: null,
        ...(isBuilding ? {} : { drawer: "run" }),
      });
      // Once the panel has taken its room, all boxes should be seen turning green.
      setTimeout(canvas.fit, 80);
    } catch (error) {
      key.current = crypto.randomUUID();
      toast.failed(error);
      if (problemsOf(error).length > 0) again();
    } finally {
      setStarting(false);
    }
  }

  async function buildFirst(wish: RunOptions): Promise<void> {
    const { id } = await startBuilt(workflow.id, wish, key.current);
    view.setState({ awaitedId: id });
  }

  const showOnCanvas = () => {
    if (state.is !== "made" || !cluster) return;
    view.setState({ planned: plannedOf({ cluster, namespace }, state.plan, nodes), isRunOpen: false });
    canvas.fit();
  };

  const isOthers = state.is === "made" && belongsToOthers(state.plan);
  const refused = state.is === "made" && isRefused(state.plan) && (isOthers || !options.force);
  const isStopped = refused || (state.is === "failed" && state.problems.length > 0);
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={isPlanOnly ? t.plan.title : t.run.title}
      description={isPlanOnly ? t.plan.text : t.run.text}
      className="max-w-2xl sm:top-[8vh] sm:max-h-[84vh]"
      footer={
        <>
          {state.is === "made" && !isBuilding && (
            <Button size="md" data-testid="plan-on-canvas" onClick={showOnCanvas}>
              <Eye />
              {t.planned.show}
            </Button>
          )}
          <Button
            variant="primary"
            size="md"
            data-testid="start-run"
            // Who asked for a run by key goes on with Enter.
            autoFocus={!isPlanOnly}
            isBusy={isStarting}
            disabled={!cluster || !isFit || (!isBuilding && isStopped)}
            onClick={() => void start()}
          >
            <Play className="fill-current" />
            {isBuilding ? t.building.buildAndRun : t.run.start}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="grid gap-3 sm:grid-cols-2">
          <ClusterField
            clusters={clusters.data}
            error={clusters.error}
            value={cluster}
            onChange={setChosen}
          />
          <Field
            label={t.run.namespace}
            hint={t.run.namespaceHint}
            error={isFit ? undefined : t.run.badNamespace}
          >
            <Input value={namespace} onChange={(event) => setNamespace(event.target.value.trim())} />
          </Field>
        </div>
        {used.length > 0 && !isPlanOnly && (
          <Checkbox
            isOn={isBuilding}
            label={t.building.first(used.length)}
            note={t.building.firstNote}
            onChange={setWantsBuild}
          />
        )}
        {isBuilding && state.is === "failed" ? (
          <Notice tone="info">{t.building.planLater}</Notice>
        ) : (
          <PlanPart state={state} onAgain={again} onClose={onClose} isIdle={!cluster || !isFit} />
        )}
        {(isOthers || options.takeOver) && workflow.role === "owner" && (
          <Checkbox
            isOn={options.takeOver}
            label={t.run.takeOver}
            note={t.run.takeOverNote}
            onChange={(takeOver) => setOptions({ ...options, takeOver })}
          />
        )}
        {!isPlanOnly && (
          <div className="flex flex-col gap-2">
            <Checkbox
              isOn={options.rollback}
              label={t.run.rollback}
              onChange={(rollback) => setOptions({ ...options, rollback })}
            />
            <Checkbox
              isOn={options.force}
              label={t.run.force}
              onChange={(force) => setOptions({ ...options, force })}
            />
          </div>
        )}
      </div>
    </Dialog>
  );
}

interface ClusterFieldProps {
  clusters: Cluster[] | undefined;
  error: unknown;
  value: string | null;
  onChange: (name: string) => void;
}

function ClusterField({ clusters, error, value, onChange }: ClusterFieldProps) {
  const problem = error ? messageOf(error) : clusters?.length === 0 ? t.run.noClusters : undefined;
  return (
    <Field label={t.run.cluster} error={problem}>
      <Select
        value={value ?? undefined}
        onValueChange={onChange}
        placeholder={t.run.chooseCluster}
        isDisabled={!clusters || clusters.length === 0}
        options={(clusters ?? []).map((cluster) => ({
          value: cluster.name,
          label: cluster.display_name || cluster.name,
          note: noteOf(cluster),
        }))}
      />
    </Field>
  );
}

function noteOf(cluster: Cluster): string {
  const parts = [
    cluster.access === "practice" ? t.run.practice : "",
    cluster.is_default ? t.run.isDefault : "",
    cluster.status && cluster.status !== "connected" ? cluster.status : "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

interface PlanPartProps {
  state: PlanState;
  onAgain: () => void;
  onClose: () => void;
  isIdle: boolean;
}

function PlanPart({ state, onAgain, onClose, isIdle }: PlanPartProps) {
  const heading = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.is === "failed") heading.current?.scrollIntoView({ block: "nearest" });
  }, [state.is]);
  if (isIdle) return null;
  if (state.is === "waiting") {
    return (
      <div role="status" className="flex flex-col gap-2 text-sm text-ink-3" data-testid="plan-waiting">
        {t.plan.checking}
        <Skeleton className="h-9" />
        <Skeleton className="h-9" />
      </div>
    );
  }
  if (state.is === "made") return <PlanView plan={state.plan} />;
  return (
    <div ref={heading} className="flex flex-col gap-2" data-testid="plan-failed">
      <Notice>
        <span className="font-medium">{state.problems.length > 0 ? t.plan.fixFirst : t.plan.failed}</span>
        {state.problems.length === 0 && <span className="block">{state.message}</span>}
      </Notice>
      {state.problems.length > 0 ? (
        <ProblemRows problems={state.problems} onGo={onClose} />
      ) : (
        <Button size="sm" className="self-start" onClick={onAgain}>
          {t.plan.again}
        </Button>
      )}
    </div>
  );
}

function defaultCluster(
  clusters: readonly Cluster[],
  wanted: string | null,
  last: string | undefined,
): string | null {
  const by = (name: string | null | undefined) =>
    clusters.find((cluster) => name && (cluster.name === name || cluster.id === name))?.name;
  return (
    by(last) ??
    by(wanted) ??
    clusters.find((cluster) => cluster.is_default)?.name ??
    clusters[0]?.name ??
    null
  );
}

interface LastPlace {
  cluster: string;
  namespace: string;
}

const placeKey = (workflowId: string) => `sailcloth.place.${workflowId}`;

function lastPlace(workflowId: string): LastPlace | null {
  try {
    return JSON.parse(localStorage.getItem(placeKey(workflowId)) ?? "null") as LastPlace | null;
  } catch {
    return null;
  }
}

function rememberPlace(workflowId: string, place: LastPlace): void {
  try {
    localStorage.setItem(placeKey(workflowId), JSON.stringify(place));
  } catch {
    // Then it is asked again.
  }
}
