import type { Registry } from "@/data/registries";
import { t } from "@/texts";
import { Field, Input, Select } from "@/ui";
import type { BuildForm } from "./new-page";

const words = t.builds.form;
const BY_NAME = "*";

/** What the result is called, and where it goes. */
export function ImageFields({ form, registries }: { form: BuildForm; registries: readonly Registry[] }) {
  const registry = registries.find((each) => each.id === form.watch("registry_id"));
  const image = form.watch("image").trim();
  const place = registry ? [registry.host, registry.path].filter(Boolean).join("/") : "";
  const isWhole = place !== "" && image.startsWith(`${place}/`);
  const name =
    image && `${place && !isWhole ? `${place}/` : ""}${image}:${form.watch("tag").trim() || "latest"}`;
  return (
    <div className="flex flex-col gap-4">
      <h2 className="text-sm font-semibold">{words.imageSection}</h2>
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1.2fr)_minmax(0,1.6fr)_minmax(0,0.7fr)]">
        <Field label={words.registry} error={form.errorOf("registry_id")}>
          <Select
            value={form.watch("registry_id") || BY_NAME}
            onValueChange={(next) => form.setValue("registry_id", next === BY_NAME ? "" : next)}
            options={[
              ...registries.map((each) => ({
                value: each.id,
                label: each.name,
                note: [each.host, each.path].filter(Boolean).join("/"),
              })),
              { value: BY_NAME, label: words.registryByName },
            ]}
          />
        </Field>
        <Field label={words.image} error={form.errorOf("image")}>
          <Input className="font-mono" placeholder="team/app" {...form.register("image")} />
        </Field>
        <Field label={words.tag} error={form.errorOf("tag")} aside={t.ui.optional}>
          <Input className="font-mono" placeholder="latest" {...form.register("tag")} />
        </Field>
      </div>
      {registry && name && (
        <p className="text-xs break-all text-ink-3" data-testid="image-becomes">
          {words.becomes(name)}
        </p>
      )}
    </div>
  );
}
