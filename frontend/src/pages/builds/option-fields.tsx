import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { Schemas } from "@/api";
import { t } from "@/texts";
import { Card, Field, Input, Notice, Segmented } from "@/ui";
import type { BuildForm } from "./new-page";
import { Rows } from "./rows";

const words = t.builds.form;

interface OptionsProps {
  form: BuildForm;
  engine: Schemas["BuildEngineOut"] | undefined;
}

/** What most builds do without. */
export function OptionFields({ form, engine }: OptionsProps) {
  const { target, platforms, build_args, secrets } = form.getValues();
  const [isOpen, setOpen] = useState(
    Boolean(target || platforms || build_args.length > 0 || secrets.length > 0),
  );
  const rows = form.watch("secrets");
  const hasError = (["target", "platforms", "build_args", "secrets"] as const).some(form.errorOf);
  return (
    <Card>
      <details
        className="group"
        open={isOpen || hasError}
        onToggle={(event) => setOpen(event.currentTarget.open)}
      >
        <summary className="flex cursor-pointer list-none items-center gap-2 rounded-lg p-4 text-sm font-semibold sm:px-5 [&::-webkit-details-marker]:hidden">
          <ChevronRight
            aria-hidden
            className="size-4 text-ink-3 transition-transform duration-100 group-open:rotate-90"
          />
          {words.options}
        </summary>
        <div className="flex flex-col gap-5 px-4 pb-5 sm:px-5">
          {engine && engine.names.length > 1 && (
            <div className="flex flex-wrap items-center justify-between gap-2">
              <span className="text-sm font-medium">{words.engine}</span>
              <Segmented
                label={words.engine}
                value={engine.name}
                onValueChange={(name) => form.setValue("engine", name)}
                options={engine.names.map((name) => ({ value: name, label: words.engines[name] ?? name }))}
              />
            </div>
          )}
          <Rows
            label={words.arguments}
            hint={words.argumentsHint}
            rows={form.watch("build_args")}
            onChange={(next) => form.setValue("build_args", next)}
            add={words.addArgument}
            error={form.errorOf("build_args")}
          />
          <Rows
            label={words.secrets}
            hint={words.secretsHint}
            rows={rows}
            onChange={(next) => form.setValue("secrets", next)}
            add={words.addSecret}
            areSecret
            error={form.errorOf("secrets")}
          />
          {rows.length > 0 && engine && !engine.has_buildkit && (
            <Notice tone="warn">{words.noSecrets}</Notice>
          )}
          <div className="grid gap-4 sm:grid-cols-2">
            <Field
              label={words.target}
              hint={words.targetHint}
              error={form.errorOf("target")}
              aside={t.ui.optional}
            >
              <Input className="font-mono" {...form.register("target")} />
            </Field>
            <Field
              label={words.platforms}
              hint={words.platformsHint}
              error={form.errorOf("platforms")}
              aside={t.ui.optional}
            >
              <Input className="font-mono" {...form.register("platforms")} />
            </Field>
          </div>
        </div>
      </details>
    </Card>
  );
}
