import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useDebounced } from "@/app/use-debounced";
import { lookupQuery } from "@/data/registries";
import { t } from "@/texts";
import { Card, Field, Input } from "@/ui";

/** Which registry a run would pull an image from, by host and longest path. */
export function Lookup() {
  const [image, setImage] = useState("");
  const asked = useDebounced(image.trim(), 350);
  const found = useQuery(lookupQuery(asked));
  const answer = asked === "" ? undefined : found.data;
  return (
    <Card className="mt-6 max-w-2xl p-4">
      <Field label={t.registries.lookup} error={asked && found.isError ? found.error.message : undefined}>
        <Input
          className="font-mono"
          placeholder={t.registries.lookupPlaceholder}
          value={image}
          onChange={(event) => setImage(event.target.value)}
        />
      </Field>
      {answer && (
        <div role="status" className="mt-3 text-sm">
          <p className="font-medium">
            {answer.registry ? t.registries.lookupFound(answer.registry.name) : t.registries.lookupNone}
          </p>
          <dl className="mt-2 flex flex-wrap gap-x-6 gap-y-1 text-xs">
            {(["host", "repository", "tag", "digest"] as const).map(
              (part) =>
                answer[part] && (
                  <div key={part} className="flex gap-1.5">
                    <dt className="text-ink-3">{t.registries.lookupParts[part]}</dt>
                    <dd className="font-mono break-all">{answer[part]}</dd>
                  </div>
                ),
            )}
          </dl>
        </div>
      )}
    </Card>
  );
}
