/** What a value would mean, said below its control: by the format that the schema gives it. */

import { type ComponentType, lazy, Suspense } from "react";
import type { Field } from "../../model/fields";
import type { Json } from "../../model/types";

export interface InsightProps {
  text: string;
}

const INSIGHTS: Record<string, ComponentType<InsightProps>> = {
  cron: lazy(() => import("./NextTimes")),
  image: lazy(() => import("./ImagePlace")),
};

export function Insight({ field, value }: { field: Field; value: Json | undefined }) {
  const Known = INSIGHTS[field.format];
  const text = typeof value === "string" ? value : "";
  if (!Known || text.trim() === "") return null;
  return (
    <Suspense fallback={null}>
      <Known text={text} />
    </Suspense>
  );
}
