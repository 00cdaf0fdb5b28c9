/** Where an image is, and who signs in there: the server's answer, as a run or a build would find it. */

import { useQuery } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { useDebounced } from "@/app/use-debounced";
import { lookupQuery } from "@/data/registries";
import { t } from "../../texts";
import { ImageTags } from "./ImageTags";
import type { InsightProps } from "./Insight";

const SETTLED_MS = 350;

export default function ImagePlace({ text, onPick }: InsightProps) {
  const image = useDebounced(text.trim(), SETTLED_MS);
  const { data } = useQuery({ ...lookupQuery(image), retry: false });
  if (!data) return null;
  const place = `${data.host}/${data.repository}`;
  return (
    <div className="flex items-start gap-1 text-2xs text-ink-3" data-testid="image-place">
      {data.registry && <Lock aria-hidden className="mt-0.5 size-3 shrink-0" />}
      <span className="min-w-0 flex-1 break-all">
        {data.registry ? t.form.imageSignedIn(place, data.registry.name) : t.form.imagePlace(place)}
      </span>
      <ImageTags image={image} onPick={onPick} />
    </div>
  );
}
