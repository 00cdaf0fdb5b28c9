/** A fix before it is made: what it asks, what changes in the picture, and what would be applied. */

import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useState } from "react";
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
  const template = useQuery({
    queryKey: ["editor", "fix", workflow.id, nodeId, fixType, targetId, values],
    queryFn: async () => {
      // The fix is made to what the server has: first that is what is on the screen.
      if (!(await autosave.flush())) throw new Error(t.plan.notSaved);
      const sent = Object.keys(values).length > 0 ? values : null;
      return getFixTemplate(workflow.id, nodeId, fixType, targetId, sent);
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
  const isStale = template.isPlaceholderData || typed !== values;
  const isMissing = (template.data?.values ?? []).some(
    (value) => value.is_required && String(typed[value.name] ?? value.default ?? "") === "",
  );
  const isBlocked = !template.data || Boolean(template.data.problem) || isStale || isMissing;
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={template.data?.title ?? words.fixTitle}
      description={template.data?.description}
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
      ) : template.isError && !template.data ? (
        <ErrorState className="py-6" error={template.error} onRetry={() => void template.refetch()} />
      ) : (
        <div className="flex flex-col gap-4" aria-busy={isStale} data-testid="fix">
          {template.data.problem && <Notice tone="warn">{template.data.problem}</Notice>}
          {template.data.values.map((value) => (
            <ValueField
              key={value.name}
              value={value}
              typed={typed[value.name]}
              onChange={(next) => setTyped((old) => ({ ...old, [value.name]: next }))}
            />
          ))}
          <Preview template={template.data} isMissing={isMissing} />
        </div>
      )}
    </Dialog>
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
  typed: string | number | undefined;
  onChange: (value: string | number) => void;
}

function ValueField({ value, typed, onChange }: ValueProps) {
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
