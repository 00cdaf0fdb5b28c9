import { z } from "zod";
import { ApiError } from "@/api";
import { useApiForm } from "@/app/form";
import { type Cluster, useAddCluster, useEditCluster, useReplaceCredentials } from "@/data/clusters";
import { t } from "@/texts";
import { Checkbox, Field, FormDialog, Input, Textarea, toast } from "@/ui";
import {
  CredentialFields,
  credentialBody,
  credentialShape,
  type EnteredKind,
  emptyCredentials,
  missingFields,
} from "./credential-fields";

const name = z
  .string()
  .trim()
  .min(1, t.errors.required)
  .max(63, t.errors.tooLong(63))
  .regex(/^[a-z0-9][a-z0-9._-]*$/, t.errors.name)
  .refine((value) => value !== "default" && value !== "practice", t.errors.reservedName);
const server = z
  .string()
  .trim()
  .refine((value) => !value || /^https?:\/\/[^\s/]+/.test(value), t.errors.url);

const addSchema = z
  .object({ name, display_name: z.string().trim(), server, is_default: z.boolean(), ...credentialShape })
  .superRefine((values, context) => {
    for (const field of missingFields(values)) {
      context.addIssue({ code: "custom", path: [field], message: t.errors.required });
    }
    if (!values.server && values.auth_type !== "kubeconfig") {
      context.addIssue({ code: "custom", path: ["server"], message: t.errors.required });
    }
  });

interface AddDialogProps {
  onClose: () => void;
  /** It was added, but cannot be reached: time to look at why. */
  onUnreachable: (cluster: Cluster) => void;
}

export function AddDialog({ onClose, onUnreachable }: AddDialogProps) {
  const add = useAddCluster();
  const initial = { name: "", display_name: "", server: "", is_default: false, ...emptyCredentials };
  const form = useApiForm(addSchema, initial, async (values) => {
    const cluster = await add.mutateAsync({
      name: values.name,
      is_default: values.is_default,
      ...(values.display_name ? { display_name: values.display_name } : {}),
      ...(values.server ? { server: values.server } : {}),
      ...credentialBody(values),
    });
    if (cluster.status === "connected") {
      toast.done(t.clusters.added(cluster.name));
      onClose();
    } else {
      onUnreachable(cluster);
    }
  });
  const needsServer = form.watch("auth_type") !== "kubeconfig";
  return (
    <FormDialog
      id="cluster-add"
      title={t.clusters.addTitle}
      description={t.clusters.addText}
      action={t.clusters.addAction}
      isBusy={form.formState.isSubmitting}
      onClose={onClose}
      onSubmit={form.send}
      problem={form.problem}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t.clusters.name} error={form.errorOf("name")} hint={t.clusters.nameHint}>
          <Input autoFocus placeholder="production" {...form.register("name")} />
        </Field>
        <Field label={t.clusters.displayName} error={form.errorOf("display_name")} aside={t.ui.optional}>
          <Input {...form.register("display_name")} />
        </Field>
      </div>
      <CredentialFields form={form}>
        {needsServer && (
          <Field label={t.clusters.server} error={form.errorOf("server")}>
            <Input
              inputMode="url"
              placeholder="https://cluster.example.com:6443"
              className="font-mono sm:text-xs"
              {...form.register("server")}
            />
          </Field>
        )}
      </CredentialFields>
      <Checkbox
        isOn={form.watch("is_default")}
        onChange={(isOn) => form.setValue("is_default", isOn)}
        label={t.clusters.asDefault}
      />
    </FormDialog>
  );
}

const editSchema = z.object({
  name,
  display_name: z.string().trim().max(200, t.errors.tooLong(200)),
  description: z.string().trim().max(10_000, t.errors.tooLong(10_000)),
});

interface ChangeDialogProps {
  cluster: Cluster;
  onClose: () => void;
  onRenamed?: (name: string) => void;
}

export function EditDialog({ cluster, onClose, onRenamed }: ChangeDialogProps) {
  const edit = useEditCluster();
  const { name, display_name, description } = cluster;
  const form = useApiForm(editSchema, { name, display_name, description }, async (values) => {
    const changed = await edit.mutateAsync({ cluster: cluster.name, ...values });
    toast.done(t.ui.saved);
    if (changed.name !== cluster.name) onRenamed?.(changed.name);
    onClose();
  });
  return (
    <FormDialog
      id="cluster-edit"
      title={t.clusters.editTitle(cluster.name)}
      action={t.ui.saveChanges}
      isBusy={form.formState.isSubmitting}
      onClose={onClose}
      onSubmit={form.send}
      problem={form.problem}
    >
      <Field label={t.clusters.name} error={form.errorOf("name")} hint={t.clusters.nameHint}>
        <Input autoFocus {...form.register("name")} />
      </Field>
      <Field label={t.clusters.displayName} error={form.errorOf("display_name")} aside={t.ui.optional}>
        <Input {...form.register("display_name")} />
      </Field>
      <Field label={t.clusters.description} error={form.errorOf("description")} aside={t.ui.optional}>
        <Textarea {...form.register("description")} />
      </Field>
    </FormDialog>
  );
}

const credentialsSchema = z.object(credentialShape).superRefine((values, context) => {
  for (const field of missingFields(values)) {
    context.addIssue({ code: "custom", path: [field], message: t.errors.required });
  }
});

export function CredentialsDialog({ cluster, onClose }: ChangeDialogProps) {
  const replace = useReplaceCredentials();
  const initial = { ...emptyCredentials, auth_type: cluster.auth_type as EnteredKind };
  const form = useApiForm(credentialsSchema, initial, async (values) => {
    try {
      await replace.mutateAsync({ cluster: cluster.name, ...credentialBody(values) });
    } catch (error) {
      // What the server calls a refusal here is about all of the fields together.
      if (error instanceof ApiError && error.details.reason)
        throw new ApiError(error.status, error.code, error.message);
      throw error;
    }
    onClose();
  });
  return (
    <FormDialog
      id="cluster-credentials"
      title={t.clusters.replaceTitle(cluster.name)}
      description={t.clusters.replaceText}
      action={t.clusters.replaceAction}
      isBusy={form.formState.isSubmitting}
      onClose={onClose}
      onSubmit={form.send}
      problem={form.problem}
    >
      <CredentialFields form={form} />
    </FormDialog>
  );
}
