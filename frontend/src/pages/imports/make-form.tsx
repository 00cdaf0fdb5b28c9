import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { isApiError, messageOf } from "@/api/errors";
import { type Analysis, type Import, useApplyImport, useCreateFromImport } from "@/data/imports";
import { workflowsQuery } from "@/data/workflows";
import { t } from "@/texts";
import { Button, Card, Field, Input, Notice, Select, toast } from "@/ui";

const NONE = "-";
const SHOWN = 100;

/** What the import ends in: a workflow of its own, or one that is there. */
export function MakeForm({ session, analysis }: { session: Import; analysis: Analysis }) {
  const navigate = useNavigate();
  const create = useCreateFromImport();
  const [name, setName] = useState(analysis.name);
  const [namespace, setNamespace] = useState(analysis.name);
  const fields = isApiError(create.error) ? create.error.fields : {};
  const isPlaced = Boolean(fields.name ?? fields.namespace);
  const open = (workflowId: string) =>
    navigate({ to: "/workflows/$workflowId", params: { workflowId }, search: {} });
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    const made = await create.mutateAsync({ import_id: session.id, name, namespace }).catch(() => null);
    if (made) await open(made.workflow.id);
  };
  return (
    <Card className="p-4">
      <h2 className="text-sm font-semibold">{t.imports.createTitle}</h2>
      <p className="mt-0.5 text-xs text-ink-2">
        {t.imports.nodes(analysis.graph.nodes.length, analysis.graph.edges.length)}
      </p>
      <form className="mt-3 flex flex-col gap-3" noValidate onSubmit={(event) => void send(event)}>
        {create.isError && !isPlaced && <Notice>{messageOf(create.error)}</Notice>}
        <Field label={t.imports.name} error={fields.name?.[0]}>
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={t.imports.namespace} error={fields.namespace?.[0]}>
          <Input
            value={namespace}
            placeholder="default"
            spellCheck={false}
            onChange={(event) => setNamespace(event.target.value)}
          />
        </Field>
        <Button type="submit" variant="primary" isBusy={create.isPending}>
          {t.imports.create}
        </Button>
      </form>
      <AddTo session={session} onAdded={(id) => void open(id)} />
    </Card>
  );
}

function AddTo({ session, onAdded }: { session: Import; onAdded: (workflowId: string) => void }) {
  const list = useQuery(workflowsQuery({ sort: "name", limit: SHOWN }));
  const apply = useApplyImport();
  const [chosen, setChosen] = useState(NONE);
  const workflows = list.data?.workflows.filter((each) => each.role !== "viewer") ?? [];
  if (workflows.length === 0) return null;
  const add = () =>
    apply.mutate(
      { import_id: session.id, workflow_id: chosen },
      {
        onSuccess: ({ workflow, notes }) => {
          const kept = notes.filter((note) => note.what === "kept").length;
          toast.done(kept > 0 ? t.imports.addedWithNotes(kept) : t.imports.added);
          onAdded(workflow.id);
        },
        onError: toast.failed,
      },
    );
  return (
    <div className="mt-4 border-t border-line pt-3">
      <Field label={t.imports.addTo} hint={t.imports.addToText}>
        <Select
          value={chosen}
          options={[
            { value: NONE, label: t.imports.addToChoose },
            ...workflows.map((each) => ({ value: each.id, label: each.name })),
          ]}
          onValueChange={setChosen}
        />
      </Field>
      <Button className="mt-2 w-full" disabled={chosen === NONE} isBusy={apply.isPending} onClick={add}>
        {t.imports.add}
      </Button>
    </div>
  );
}
