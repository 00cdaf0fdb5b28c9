import { z } from "zod";
import { useApiForm } from "@/app/form";
import { type Registry, type RegistryType, useAddRegistry, useEditRegistry } from "@/data/registries";
import { t } from "@/texts";
import { Checkbox, Field, FormDialog, Input, PasswordInput, Segmented, Select, Textarea } from "@/ui";

const TYPES = Object.keys(t.registries.types) as RegistryType[];
/** These have one place that everyone knows. */
const KNOWN: ReadonlySet<RegistryType> = new Set(["dockerhub", "ghcr"]);
const AUDIENCES = ["everyone", "selected"] as const;

const schema = z
  .object({
    type: z.enum(TYPES),
    name: z.string().trim().min(1, t.errors.required),
    url: z.string().trim(),
    username: z.string().trim(),
    password: z.string(),
    ca_data: z.string().trim(),
    description: z.string().trim(),
    available_to: z.enum(AUDIENCES),
    people: z.string(),
    is_default: z.boolean(),
  })
  .superRefine((values, context) => {
    if (!values.url && !KNOWN.has(values.type)) {
      context.addIssue({ code: "custom", path: ["url"], message: t.errors.required });
    }
  });

type Values = z.infer<typeof schema>;

const EMPTY: Values = {
  type: "ghcr",
  name: "",
  url: "",
  username: "",
  password: "",
  ca_data: "",
  description: "",
  available_to: "everyone",
  people: "",
  is_default: false,
};

function addresses(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean);
}

/** What both forms send; `users` only counts where they are selected. */
function bodyOf(values: Values) {
  const { type, name, description, available_to } = values;
  return {
    type,
    name,
    description,
    available_to,
    ca_data: values.ca_data,
    ...(values.url ? { url: values.url } : {}),
    ...(available_to === "selected" ? { users: addresses(values.people) } : {}),
  };
}

export function AddDialog({ onClose }: { onClose: () => void }) {
  const add = useAddRegistry();
  const form = useApiForm(schema, EMPTY, async (values) => {
    const credentials = values.password ? { username: values.username, password: values.password } : {};
    await add.mutateAsync({ ...bodyOf(values), ...credentials, is_default: values.is_default });
    onClose();
  });
  return (
    <FormDialog
      id="registry-add"
      title={t.registries.addTitle}
      description={t.registries.formText}
      action={t.registries.addAction}
      isBusy={form.formState.isSubmitting}
      onClose={onClose}
      onSubmit={form.send}
      problem={form.problem}
    >
      <Fields form={form} isNew />
      <Checkbox
        isOn={form.watch("is_default")}
        onChange={(isOn) => form.setValue("is_default", isOn)}
        label={t.registries.asDefault}
      />
    </FormDialog>
  );
}

export function EditDialog({ registry, onClose }: { registry: Registry; onClose: () => void }) {
  const edit = useEditRegistry(registry.id);
  const initial: Values = {
    ...EMPTY,
    type: registry.type,
    name: registry.name,
    url: registry.url,
    ca_data: registry.ca_data,
    description: registry.description,
    available_to: registry.available_to,
    people: (registry.users ?? []).join("\n"),
  };
  const form = useApiForm(schema, initial, async (values) => {
    // An empty password keeps the stored one: then there is nothing to say of the user either.
    const credentials = values.password ? { username: values.username, password: values.password } : {};
    await edit.mutateAsync({ ...bodyOf(values), ...credentials });
    onClose();
  });
  return (
    <FormDialog
      id="registry-edit"
      title={t.registries.editTitle(registry.name)}
      description={t.registries.formText}
      action={t.ui.saveChanges}
      isBusy={form.formState.isSubmitting}
      onClose={onClose}
      onSubmit={form.send}
      problem={form.problem}
    >
      <Fields form={form} isNew={false} />
    </FormDialog>
  );
}

type Form = ReturnType<typeof useApiForm<Values>>;

function Fields({ form, isNew }: { form: Form; isNew: boolean }) {
  const type = form.watch("type");
  const audience = form.watch("available_to");
  const words = t.registries;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={words.type} error={form.errorOf("type")}>
          <Select
            value={type}
            onValueChange={(next) => form.setValue("type", next)}
            options={TYPES.map((value) => ({ value, label: words.types[value] }))}
          />
        </Field>
        <Field label={words.name} error={form.errorOf("name")}>
          <Input autoFocus {...form.register("name")} />
        </Field>
      </div>
      <Field
        label={words.url}
        hint={KNOWN.has(type) ? words.urlOptional : words.urlHint}
        error={form.errorOf("url")}
        aside={KNOWN.has(type) ? t.ui.optional : undefined}
      >
        <Input className="font-mono" inputMode="url" {...form.register("url")} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={words.usernameOf[type] ?? words.username} error={form.errorOf("username")}>
          <Input {...form.register("username")} />
        </Field>
        <Field
          label={words.passwordOf[type] ?? words.password}
          error={form.errorOf("password")}
          hint={isNew ? undefined : words.passwordKept}
        >
          <PasswordInput autoComplete="new-password" {...form.register("password")} />
        </Field>
      </div>
      <div className="flex flex-col gap-1.5">
        <span className="text-sm font-medium">{words.audience}</span>
        <Segmented
          className="self-start"
          label={words.audience}
          value={audience}
          onValueChange={(next) => form.setValue("available_to", next)}
          options={AUDIENCES.map((value) => ({ value, label: words.audiences[value] }))}
        />
        <span className="text-xs text-ink-3">{words.audienceHint}</span>
      </div>
      {audience === "selected" && (
        <Field label={words.people} hint={words.peopleHint} error={form.errorOf("people")}>
          <Textarea rows={2} {...form.register("people")} />
        </Field>
      )}
      <Field label={words.description} error={form.errorOf("description")} aside={t.ui.optional}>
        <Input {...form.register("description")} />
      </Field>
      <Field label={words.ca} hint={words.caHint} error={form.errorOf("ca_data")} aside={t.ui.optional}>
        <Textarea rows={2} className="font-mono text-xs" {...form.register("ca_data")} />
      </Field>
    </>
  );
}
