/** Controls for one plain value. An emptied one takes the value out of the data, so that the default holds. */

import { useState } from "react";
import { cn, controlClass, Input, Select, Textarea } from "@/ui";
import { type Field, parseText } from "../model/fields";
import type { Json } from "../model/types";
import { t } from "../texts";
import type { ControlIds } from "./Labelled";

export interface ControlProps {
  field: Field;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  ids?: ControlIds;
  label?: string;
  /** Something above says what it is. */
  isBare?: boolean | undefined;
}

const shown = (value: Json | undefined): string =>
  value === undefined || value === null
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

function placeholderOf(field: Field): string {
  if (field.placeholder) return field.placeholder;
  if (field.fallback !== undefined && typeof field.fallback !== "object") return String(field.fallback);
  return EXAMPLES[field.format] ?? "";
}

const EXAMPLES: Record<string, string> = {
  port: "8080",
  "absolute-path": "/etc/app",
  "http-path": "/",
  host: "app.example.com",
  quantity: "250m",
};

/** Text of which only some makes sense (a number): what is typed stays until it means something else. */
export function TextControl({ field, value, onChange, ids, label }: ControlProps) {
  const [typed, setTyped] = useState<{ text: string; value: Json | undefined } | null>(null);
  const text = typed && Object.is(typed.value, value) ? typed.text : shown(value);
  return (
    <Input
      {...ids}
      aria-label={label}
      value={text}
      placeholder={placeholderOf(field)}
      inputMode={field.kind === "number" ? "numeric" : undefined}
      className={cn("h-7.5", field.kind === "mixed" && "font-mono text-xs")}
      onChange={(event) => {
        const next = parseText(field, event.target.value);
        setTyped({ text: event.target.value, value: next });
        onChange(next);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

/** Grows with its text. */
export function AreaControl({ field, value, onChange, ids, label }: ControlProps) {
  return (
    <Textarea
      {...ids}
      aria-label={label}
      value={shown(value)}
      placeholder={placeholderOf(field)}
      className="max-h-80 min-h-16 [field-sizing:content]"
      onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
    />
  );
}

const UNSET = "\u0000";

export function EnumControl({ field, value, onChange, ids, label }: ControlProps) {
  const fallback = typeof field.fallback === "string" ? t.form.default(field.fallback) : t.form.unset;
  const options = field.options.map((option) => ({ value: option, label: option }));
  return (
    <div aria-invalid={ids?.["aria-invalid"]}>
      <Select
        value={typeof value === "string" ? value : undefined}
        label={label ?? field.title}
        placeholder={fallback}
        className="h-7.5"
        onValueChange={(next) => onChange(next === UNSET ? undefined : next)}
        options={field.isRequired ? options : [{ value: UNSET, label: fallback }, ...options]}
      />
    </div>
  );
}

const COLOURS = ["", "slate", "blue", "green", "amber", "red", "violet"];

export function ColorControl({ field, value, onChange }: ControlProps) {
  return (
    <div role="radiogroup" aria-label={field.title} className={cn(controlClass, "flex w-fit gap-1 p-1")}>
      {COLOURS.map((colour) => (
        // biome-ignore lint/a11y/useSemanticElements: swatches, not dots with labels
        <button
          key={colour}
          type="button"
          role="radio"
          aria-checked={(value ?? "") === colour}
          aria-label={colour || t.form.unset}
          className={cn(
            "size-5 rounded-sm border border-line-strong aria-checked:ring-2 aria-checked:ring-accent",
            SWATCHES[colour],
          )}
          onClick={() => onChange(colour || undefined)}
        />
      ))}
    </div>
  );
}

const SWATCHES: Record<string, string> = {
  "": "bg-surface",
  slate: "bg-ink-3",
  blue: "bg-accent",
  green: "bg-ok",
  amber: "bg-warn",
  red: "bg-bad",
  violet: "bg-violet",
};
