import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { z } from "zod";
import { useApiForm } from "@/app/form";
import { clustersQuery } from "@/data/clusters";
import { useCreateWorkflow, useEditWorkflow, type WorkflowItem } from "@/data/workflows";
import { t } from "@/texts";
import { Button, Dialog, Field, Input, Notice, Select, Textarea, toast } from "@/ui";

const DEFAULT = "-";

const schema = z.object({
  name: z.string().trim().min(1, t.errors.required).max(200, t.errors.tooLong(200)),
  description: z.string().max(20_000, t.errors.tooLong(20_000)),
  tags: z.string(),
  cluster: z.string(),
  namespace: z
    .string()
    .trim()
    .max(63, t.errors.tooLong(63))
    .regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$/, t.workflows.namespaceRule),
});
type Values = z.infer<typeof schema>;

function bodyOf(values: Values) {
  return {
    name: values.name,
    description: values.description.trim(),
    tags: values.tags
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean),
    cluster: values.cluster === DEFAULT ? null : values.cluster,
    namespace: values.namespace || null,
  };
}

interface FormProps {
  initial: Values;
  action: string;
  title: string;
  description?: string;
  onClose: () => void;
  onSubmit: (body: ReturnType<typeof bodyOf>) => Promise<void>;
}

function WorkflowForm({ initial, action, title, description, onClose, onSubmit }: FormProps) {
  const form = useApiForm<Values>(schema, initial, (values) => onSubmit(bodyOf(values)));
  const clusters = useQuery(clustersQuery({ limit: 100 }));
  const names = clusters.data?.clusters.map((cluster) => cluster.name) ?? [];
  if (initial.cluster !== DEFAULT && !names.includes(initial.cluster)) names.push(initial.cluster);
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={onClose}>{t.ui.cancel}</Button>
          <Button type="submit" form="workflow-form" variant="primary" isBusy={form.formState.isSubmitting}>
            {action}
          </Button>
        </>
      }
    >
      <form id="workflow-form" className="flex flex-col gap-4" onSubmit={form.send} noValidate>
        {form.problem && <Notice>{form.problem}</Notice>}
        <Field label={t.workflows.name} error={form.errorOf("name")}>
          <Input autoFocus placeholder={t.workflows.namePlaceholder} {...form.register("name")} />
        </Field>
        <Field label={t.workflows.description} error={form.errorOf("description")} aside={t.ui.optional}>
          <Textarea rows={2} {...form.register("description")} />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t.workflows.cluster} error={form.errorOf("cluster")}>
            <Select
              value={form.watch("cluster")}
              onValueChange={(value) => form.setValue("cluster", value, { shouldDirty: true })}
              options={[
                { value: DEFAULT, label: t.workflows.clusterDefault },
                ...names.map((name) => ({ value: name, label: name })),
              ]}
            />
          </Field>
          <Field
            label={t.workflows.namespace}
            error={form.errorOf("namespace")}
            hint={t.workflows.namespaceHint}
          >
            <Input placeholder="default" {...form.register("namespace")} />
          </Field>
        </div>
        <Field
          label={t.workflows.tags}
          error={form.errorOf("tags")}
          hint={t.workflows.tagsHint}
          aside={t.ui.optional}
        >
          <Input {...form.register("tags")} />
        </Field>
      </form>
    </Dialog>
  );
}

export function CreateDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const create = useCreateWorkflow();
  return (
    <WorkflowForm
      title={t.workflows.createTitle}
      description={t.workflows.createText}
      action={t.workflows.create}
      initial={{ name: "", description: "", tags: "", cluster: DEFAULT, namespace: "" }}
      onClose={onClose}
      onSubmit={async (body) => {
        const workflow = await create.mutateAsync(body);
        await navigate({ to: "/workflows/$workflowId", params: { workflowId: workflow.id }, search: {} });
      }}
    />
  );
}

export function EditDialog({ workflow, onClose }: { workflow: WorkflowItem; onClose: () => void }) {
  const edit = useEditWorkflow();
  return (
    <WorkflowForm
      title={t.workflows.editTitle}
      action={t.ui.saveChanges}
      initial={{
        name: workflow.name,
        description: workflow.description,
        tags: workflow.tags.join(", "),
        cluster: workflow.cluster ?? DEFAULT,
        namespace: workflow.namespace,
      }}
      onClose={onClose}
      onSubmit={async (body) => {
        await edit.mutateAsync({ id: workflow.id, ...body });
        toast.done(t.workflows.renamed);
        onClose();
      }}
    />
  );
}
