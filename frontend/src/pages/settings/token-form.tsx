import { z } from "zod";
import { useApiForm } from "@/app/form";
import { type NewToken, useMakeToken } from "@/data/tokens";
import { t } from "@/texts";
import { Checkbox, Field, FormDialog, Input, Select } from "@/ui";

const DAYS = ["7", "30", "90", "180", "365"] as const;

const schema = z.object({
  name: z.string().trim().min(1, t.errors.required).max(100),
  expires_in_days: z.enum(DAYS),
  may_write: z.boolean(),
  may_deploy: z.boolean(),
});

const EMPTY: z.infer<typeof schema> = {
  name: "",
  expires_in_days: "90",
  may_write: false,
  may_deploy: false,
};

interface MakeTokenDialogProps {
  onClose: () => void;
  onMade: (token: NewToken) => void;
}

export function MakeTokenDialog({ onClose, onMade }: MakeTokenDialogProps) {
  const make = useMakeToken();
  const form = useApiForm(schema, EMPTY, async ({ name, expires_in_days, may_write, may_deploy }) => {
    const scopes = [
      "read" as const,
      ...(may_write ? (["write"] as const) : []),
      ...(may_deploy ? (["deploy"] as const) : []),
    ];
    onMade(await make.mutateAsync({ name, scopes, expires_in_days: Number(expires_in_days) }));
  });
  return (
    <FormDialog
      id="token-make"
      title={t.settings.tokens.makeTitle}
      description={t.settings.tokens.makeText}
      action={t.settings.tokens.makeAction}
      isBusy={form.formState.isSubmitting}
      onClose={onClose}
      onSubmit={form.send}
      problem={form.problem}
    >
      <Field label={t.settings.tokens.name} hint={t.settings.tokens.nameHint} error={form.errorOf("name")}>
        <Input autoFocus autoComplete="off" maxLength={100} {...form.register("name")} />
      </Field>
      <fieldset className="flex flex-col gap-2.5">
        <legend className="mb-1.5 text-sm font-medium">{t.settings.tokens.scopes}</legend>
        <Checkbox isOn isDisabled onChange={() => {}} {...t.settings.tokens.scopeChoices.read} />
        <Checkbox
          isOn={form.watch("may_write")}
          onChange={(isOn) => form.setValue("may_write", isOn)}
          {...t.settings.tokens.scopeChoices.write}
        />
        <Checkbox
          isOn={form.watch("may_deploy")}
          onChange={(isOn) => form.setValue("may_deploy", isOn)}
          {...t.settings.tokens.scopeChoices.deploy}
        />
        <p className="text-xs text-pretty text-ink-3">{t.settings.tokens.never}</p>
      </fieldset>
      <Field label={t.settings.tokens.holds} error={form.errorOf("expires_in_days")}>
        <Select
          value={form.watch("expires_in_days")}
          onValueChange={(days) => form.setValue("expires_in_days", days)}
          options={DAYS.map((days) => ({ value: days, label: t.settings.tokens.days(Number(days)) }))}
          className="w-40"
        />
      </Field>
    </FormDialog>
  );
}
