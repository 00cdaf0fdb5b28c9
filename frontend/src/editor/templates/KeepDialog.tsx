import { useState } from "react";
import { messageOf } from "@/api/errors";
import { useKeepTemplate } from "@/data/templates";
import { t } from "@/texts";
import { Checkbox, Field, FormDialog, Input, Textarea, toast } from "@/ui";
import { useEditor, useView } from "../editor";

/** The draft as a template. What is not saved yet is saved first. */
export function KeepDialog() {
  const { view } = useEditor();
  const isOpen = useView((state) => state.isKeepOpen);
  return isOpen ? <OpenDialog onClose={() => view.setState({ isKeepOpen: false })} /> : null;
}

function OpenDialog({ onClose }: { onClose: () => void }) {
  const { workflow, autosave } = useEditor();
  const keep = useKeepTemplate();
  const [title, setTitle] = useState(workflow.name);
  const [description, setDescription] = useState(workflow.description);
  const [isShared, setShared] = useState(false);
  const send = async (event: React.SyntheticEvent) => {
    event.preventDefault();
    await autosave.flush();
    const body = { workflow_id: workflow.id, title, description, is_shared: isShared };
    const kept = await keep.mutateAsync(body).catch(() => null);
    if (!kept) return;
    toast.done(t.templates.kept);
    onClose();
  };
  return (
    <FormDialog
      id="keep-template"
      title={t.templates.keepTitle}
      description={t.templates.keepText}
      action={t.templates.keepAction}
      isBusy={keep.isPending}
      onClose={onClose}
      onSubmit={send}
      problem={keep.isError ? messageOf(keep.error) : null}
    >
      <Field label={t.templates.keepName}>
        <Input autoFocus value={title} onChange={(event) => setTitle(event.target.value)} />
      </Field>
      <Field label={t.templates.keepDescription} aside={t.ui.optional}>
        <Textarea rows={3} value={description} onChange={(event) => setDescription(event.target.value)} />
      </Field>
      <Checkbox isOn={isShared} onChange={setShared} label={t.templates.keepShared} />
    </FormDialog>
  );
}
