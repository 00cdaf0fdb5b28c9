/** A fix before it is made: what it asks, what changes in the picture, and what would be applied. */

import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useRef, useState } from "react";
import { useDebounced } from "@/app/use-debounced";
import { Button, Dialog, ErrorState, Field, Input, Notice, Select, Skeleton, toast } from "@/ui";
import { useEditor, useGraph, useView } from "../editor";
import type { Json } from "../model/types";
import { t } from "../texts";
import { applyFix, type FixTemplate, type FixValue, type FixValues, getFixTemplate } from "./calls";
import { type PatchLine, patchLines } from "./patch";

const words = t.operate.diagnosis;

interface FixProps {
  nodeId: string;
  fixType: string;
  onClose: () => void;
}

export function FixDialog({ nodeId, fixType, onClose }: FixProps) {
  const { autosave, view, workflow } = useEditor();
  const targetId = useView((state) => state.targetId) ?? undefined;
  const [typed, setTyped] = useState<FixValues>({});
  const values = useDebounced(typed, 300);
  // What it asks stays on the screen, also when what was typed so far is refused.
  const last = useRef<FixTemplate | undefined>(undefined);
  const template = useQuery({
    queryKey: ["editor", "fix", workflow.id, nodeId, fixType, targetId, values],
    queryFn: async () => {
      // The fix is made to what the server has: first that is what is on the screen.
      if (!(await autosave.flush())) throw new Error(t.plan.notSaved);
      const isComplete = Object.keys(values).length > 0 && !lacks(last.current, values);
      return getFixTemplate(workflow.id, nodeId, fixType, targetId, isComplete ? values : null);
    },
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  });
  const apply = useMutation({
    mutationFn: async (run: boolean) => {
      if (!(await autosave.flush())) throw new Error(t.plan.notSaved);
      const sent = { ...defaultsOf(template.data), ...typed };
      const fixed = await applyFix(workflow.id, nodeId, targetId, autosave.etag, {
        fix_type: fixType,
        values: sent,
        run,
      });
      await autosave.takeTheirs();
      return fixed;
    },
    onSuccess: ({ run_id }) => {
      toast.done(run_id ? words.appliedRun : words.applied);
      if (run_id) view.setState({ drawer: "run", targetId: null });
      onClose();
    },
    onError: toast.failed,
  });
  if (template.data) last.current = template.data;
  const shown = template.data ?? last.current;
  const isStale = template.isPlaceholderData || typed !== values;
  const isMissing = lacks(shown, typed);
  const isBlocked = !template.data || Boolean(template.data.problem) || isStale || isMissing;
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={shown?.title ?? words.fixTitle}
      description={shown?.description}
      className="max-w-xl"
      footer={
        <>
          <Button
            disabled={isBlocked || apply.isPending}
            isBusy={apply.isPending && apply.variables === false}
            onClick={() => apply.mutate(false)}
          >
            {words.apply}
          </Button>
          <Button
            variant="primary"
            data-testid="fix-apply-run"
            disabled={isBlocked || apply.isPending}
            isBusy={apply.isPending && apply.variables === true}
            onClick={() => apply.mutate(true)}
          >
            <Play className="fill-current" />
            {words.applyAndRun}
          </Button>
        </>
      }
    >
      {template.isPending ? (
        <div role="status" aria-label={t.loading} className="flex flex-col gap-2">
          <Skeleton className="h-8" />
          <Skeleton className="h-20" />
        </div>
      ) : !shown ? (
        <ErrorState className="py-6" error={template.error} onRetry={() => void template.refetch()} />
      ) : (
        <div className="flex flex-col gap-4" aria-busy={isStale} data-testid="fix">
          {template.isError && !isStale && <Notice tone="warn">{template.error.message}</Notice>}
          {shown.problem && <Notice tone="warn">{shown.problem}</Notice>}
          {inOrder(shown.values).map((value, index) => (
            <ValueField
              key={value.name}
              value={value}
              isFirst={index === 0}
              typed={typed[value.name]}
              onChange={(next) => setTyped((old) => ({ ...old, [value.name]: next }))}
            />
          ))}
          <Preview template={shown} isMissing={isMissing} />
        </div>
      )}
    </Dialog>
  );
}

const isNeeded = (value: FixValue) => value.is_required && (value.default ?? "") === "";

/** What only the person knows comes first. */
const inOrder = (values: readonly FixValue[]) => values.toSorted((a, b) => +isNeeded(b) - +isNeeded(a));

/** Whether something that it needs is not there yet. */
function lacks(template: FixTemplate | undefined, typed: FixValues): boolean {
  return (template?.values ?? []).some(
    (value) => value.is_required && String(typed[value.name] ?? value.default ?? "") === "",
  );
}

function defaultsOf(template: FixTemplate | undefined): FixValues {
  const pairs = (template?.values ?? []).flatMap(({ name, default: usual }) =>
    typeof usual === "string" || typeof usual === "number" ? [[name, usual] as const] : [],
  );
  return Object.fromEntries(pairs);
}

interface ValueProps {
  value: FixValue;
  isFirst: boolean;
  typed: string | number | undefined;
  onChange: (value: string | number) => void;
}

function ValueField({ value, isFirst, typed, onChange }: ValueProps) {
  const usual = typeof value.default === "string" || typeof value.default === "number" ? value.default : "";
  const shown = String(typed ?? usual);
  const isNumber = typeof value.default === "number" || /number|integer/.test(value.kind);
  return (
    <Field label={value.title} hint={value.help || undefined}>
      {value.choices.length > 0 ? (
        <Select
          value={shown}
          onValueChange={onChange}
          options={value.choices.map((choice) => ({ value: choice, label: choice }))}
        />
      ) : (
        <Input
          data-fix-value={value.name}
          autoFocus={isFirst && isNeeded(value)}
          type={isNumber ? "number" : "text"}
          value={shown}
          onChange={({ target }) =>
            onChange(isNumber && target.value !== "" ? Number(target.value) : target.value)
          }
        />
      )}
    </Field>
  );
}

function Preview({ template, isMissing }: { template: FixTemplate; isMissing: boolean }) {
  const graph = useGraph((state) => state.graph);
  const lines = patchLines(template.patch, graph);
  return (
    <>
      <section aria-label={words.fixPreview}>
        <h3 className="mb-1.5 text-xs font-semibold text-ink-2">{words.fixPreview}</h3>
        {lines.length === 0 ? (
          <p className="text-sm text-ink-3">{isMissing ? words.needsValues : words.noChange}</p>
        ) : (
          <dl className="flex flex-col gap-2 rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-2xs">
            {lines.map((line) => (
              <Line key={`${line.op} ${line.where} ${line.path}`} line={line} />
            ))}
          </dl>
        )}
      </section>
      {template.manifests && (
        <details>
          <summary className="w-fit cursor-pointer rounded-sm text-xs font-semibold text-ink-2 hover:text-ink">
            {words.manifests}
          </summary>
          <pre className="mt-1.5 max-h-64 overflow-auto rounded-lg border border-line bg-sunken px-3 py-2 text-2xs">
            {template.manifests}
          </pre>
        </details>
      )}
    </>
  );
}

function Line({ line }: { line: PatchLine }) {
  return (
    <div className="min-w-0">
      <dt className="break-all text-ink-2">
        {line.where && <span className="font-sans font-medium text-ink">{line.where} </span>}
        {line.path}
      </dt>
      <dd className="flex flex-col">
        {line.op !== "add" && <span className="break-all text-bad-ink">− {show(line.from)}</span>}
        {line.op !== "remove" && <span className="break-all text-ok-ink">+ {show(line.to)}</span>}
      </dd>
    </div>
  );
}

const show = (value: Json) => (typeof value === "string" ? value : JSON.stringify(value));
