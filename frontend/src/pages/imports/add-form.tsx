import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { messageOf } from "@/api/errors";
import { type MergeNote, useApplyImport } from "@/data/imports";
import { workflowsQuery } from "@/data/workflows";
import { t } from "@/texts";
import { Badge, Button, Field, Notice, Select, type Tone } from "@/ui";
import type { MakeProps } from "./make";

const NONE = "-";
const SHOWN = 100;
const TONES: Record<MergeNote["what"], Tone> = {
  added: "ok",
  updated: "info",
  removed: "neutral",
  kept: "warn",
};

export function AddForm({ session, into }: MakeProps & { into: string | undefined }) {
  const list = useQuery(workflowsQuery({ sort: "name", limit: SHOWN }));
  const apply = useApplyImport();
  const [chosen, setChosen] = useState(into ?? NONE);
  const workflows = list.data?.workflows.filter((each) => each.role !== "viewer") ?? [];
  if (apply.isSuccess) return <Added {...apply.data} />;
  return (
    <div className="flex flex-col gap-3">
      {apply.isError && <Notice>{messageOf(apply.error)}</Notice>}
      {list.isSuccess && workflows.length === 0 ? (
        <p className="text-sm text-ink-2">{t.imports.addToNone}</p>
      ) : (
        <>
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
          <Button
            variant="primary"
            disabled={chosen === NONE}
            isBusy={apply.isPending}
            onClick={() => apply.mutate({ import_id: session.id, workflow_id: chosen })}
          >
            {t.imports.add}
          </Button>
        </>
      )}
    </div>
  );
}

interface AddedProps {
  workflow: { id: string; name: string };
  notes: readonly MergeNote[];
}

/** What the merge did, what a person had changed first. */
function Added({ workflow, notes }: AddedProps) {
  const sorted = [...notes].sort((one, other) => Number(other.what === "kept") - Number(one.what === "kept"));
  return (
    <div role="status" className="flex flex-col gap-3">
      <p className="text-sm font-medium">{t.imports.added(workflow.name)}</p>
      {sorted.length === 0 ? (
        <p className="text-xs text-ink-2">{t.imports.addedNothing}</p>
      ) : (
        <ul aria-label={t.imports.addedLabel} className="flex max-h-72 flex-col gap-2 overflow-auto">
          {sorted.map((note) => (
            <li key={`${note.node_id}#${note.what}`} className="text-xs">
              <div className="flex items-center gap-2">
                <span className="min-w-0 flex-1 truncate font-medium">{note.name}</span>
                <Badge tone={TONES[note.what]}>{t.imports.merged[note.what]}</Badge>
              </div>
              <p className="mt-0.5 text-pretty text-ink-2">{note.message}</p>
            </li>
          ))}
        </ul>
      )}
      <Button asChild variant="primary">
        <Link to="/workflows/$workflowId" params={{ workflowId: workflow.id }} search={{}}>
          {t.imports.openWorkflow}
        </Link>
      </Button>
    </div>
  );
}
