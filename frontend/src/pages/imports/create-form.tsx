import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { isApiError, messageOf } from "@/api/errors";
import { useCreateFromImport } from "@/data/imports";
import { t } from "@/texts";
import { Button, Field, Input, Notice } from "@/ui";
import type { MakeProps } from "./make";

export function CreateForm({ session, analysis }: MakeProps) {
  const navigate = useNavigate();
  const create = useCreateFromImport();
  const [name, setName] = useState(analysis.name);
  const { cluster, namespace: lived } = session.source;
  const [namespace, setNamespace] = useState(lived ?? analysis.name);
  const fields = isApiError(create.error) ? create.error.fields : {};
  const isPlaced = Boolean(fields.name ?? fields.namespace);
  const send = (event: React.FormEvent) => {
    event.preventDefault();
    create.mutate(
      { import_id: session.id, name, namespace, ...(cluster ? { cluster } : {}) },
      {
        onSuccess: ({ workflow }) =>
          void navigate({
            to: "/workflows/$workflowId",
            params: { workflowId: workflow.id },
            search: {},
          }),
      },
    );
  };
  return (
    <form className="flex flex-col gap-3" noValidate onSubmit={send}>
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
      {cluster && <p className="text-xs text-ink-2">{t.imports.firstRun}</p>}
      <Button type="submit" variant="primary" isBusy={create.isPending}>
        {t.imports.create}
      </Button>
    </form>
  );
}
