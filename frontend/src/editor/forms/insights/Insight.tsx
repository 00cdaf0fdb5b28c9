/** What a value would mean, said below its control: by the format that the schema gives it. */

import { late } from "@/ui";
import { BUILD } from "../../building/graph";
import type { Field } from "../../model/fields";
import type { Json } from "../../model/types";
import { useForm } from "../context";

export interface InsightProps {
  text: string;
  /** Another value in the place of this one. */
  onPick: (text: string) => void;
}

const INSIGHTS = {
  cron: late<InsightProps>(() => import("./NextTimes")),
  image: late<InsightProps>(() => import("./ImagePlace")),
  push: late<InsightProps>(() => import("./PushPlace")),
};

/** They are small, and a form may be opened while the server is away. */
export function fetchInsights(): void {
  for (const insight of Object.values(INSIGHTS)) insight.fetch();
}

interface Props {
  field: Field;
  value: Json | undefined;
  onPick: (text: string) => void;
}

export function Insight({ field, value, onPick }: Props) {
  const { type } = useForm();
  // What a build names is not pulled: it goes there.
  const format = type === BUILD && field.format === "image" ? "push" : field.format;
  const Known = INSIGHTS[format as keyof typeof INSIGHTS];
  const text = typeof value === "string" ? value : "";
  if (!Known || text.trim() === "") return null;
  return <Known text={text} onPick={onPick} />;
}
