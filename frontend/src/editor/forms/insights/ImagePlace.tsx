/** Where an image is, and who signs in there: the server's answer, as a run or a build would find it. */

import { useQuery } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { useDebounced } from "@/app/use-debounced";
import { lookupQuery } from "@/data/registries";
import { t } from "../../texts";
import type { InsightProps } from "./Insight";

const SETTLED_MS = 350;

export default function ImagePlace({ text }: InsightProps) {
  const image = useDebounced(text.trim(), SETTLED_MS);
  const { data } = useQuery({ ...lookupQuery(image), retry: false });
  if (!data) return null;
  const place = `${data.host}/${data.repository}`;
  return (
    <p className="flex items-center gap-1 text-2xs break-all text-ink-3" data-testid="image-place">
      {data.registry && <Lock aria-hidden className="size-3 shrink-0" />}
      {data.registry ? t.form.imageSignedIn(place, data.registry.name) : t.form.imagePlace(place)}
    </p>
  );
}
