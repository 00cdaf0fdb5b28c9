/** Keys and values as rows; lines of KEY=value can be pasted. */

import { Plus, X } from "lucide-react";
import { type ClipboardEvent, useLayoutEffect, useRef, useState } from "react";
import { Button, cn, Input, Textarea } from "@/ui";
import { parseText } from "../model/fields";
import { duplicateKeys, fromPairs, type Pair, parseLines, toPairs } from "../model/pairs";
import { isObject } from "../model/paths";
import type { Json, JsonObject, JsonSchema } from "../model/types";
import { t } from "../texts";
import { Note } from "./Labelled";
import type { ControlProps } from "./scalars";

/** The rows that are typed, together with what they came to: anything else came from outside. */
function usePairs(value: Json | undefined, onChange: (value: Json | undefined) => void) {
  const current: JsonObject = isObject(value) ? value : {};
  const [rows, setRows] = useState<{ pairs: Pair[]; value: JsonObject }>(() => ({
    pairs: toPairs(current),
    value: current,
  }));
  const nextRow = useRef(1000);
  const isOurs = rows.value === current || sameMap(rows.value, current);
  const pairs = isOurs ? rows.pairs : toPairs(current);
  const change = (next: Pair[]) => {
    const map = fromPairs(next);
    setRows({ pairs: next, value: map });
    onChange(Object.keys(map).length === 0 ? undefined : map);
  };
  const add = (more: { key: string; value: Json }[]) => {
    change([...pairs, ...more.map((pair) => ({ ...pair, row: nextRow.current++ }))]);
  };
  return { pairs, change, add };
}

function sameMap(a: JsonObject, b: JsonObject): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
}

export function MapControl({ field, value, onChange, isBare }: ControlProps) {
  const { pairs, change, add } = usePairs(value, onChange);
  const twice = duplicateKeys(pairs);
  const values = field.schema.additionalProperties as JsonSchema | undefined;
  const isMixed = values?.anyOf?.some((option) => option.type !== "string") ?? false;

  function paste(event: ClipboardEvent, pair: Pair): void {
    const lines = parseLines(event.clipboardData.getData("text"));
    if (!lines || pair.key !== "") return;
    event.preventDefault();
    const rest = pairs.filter((each) => each !== pair);
    const start = Math.max(0, ...pairs.map((each) => each.row)) + 1;
    change([...rest, ...lines.map((line, index) => ({ ...line, row: start + index }))]);
  }

  return (
    <div className="flex flex-col gap-1.5">
      {pairs.map((pair, index) => (
        <div key={pair.row} className="group/row flex items-start gap-1">
          <Input
            aria-label={t.form.keyOf(field.title, index + 1)}
            aria-invalid={twice.has(pair.key) || undefined}
            placeholder={t.form.key}
            value={pair.key}
            className="h-7.5 w-2/5 font-mono text-xs sm:text-xs"
            onPaste={(event) => paste(event, pair)}
            onChange={(event) => change(replaced(pairs, index, { ...pair, key: event.target.value.trim() }))}
          />
          <ValueInput
            label={t.form.valueOf(field.title, index + 1)}
            value={pair.value}
            onChange={(text) => {
              const next = isMixed ? (parseText({ kind: "mixed", isInteger: false }, text) ?? "") : text;
              change(replaced(pairs, index, { ...pair, value: next }));
            }}
          />
          <RemoveButton
            label={t.form.removeItem(field.title, index + 1)}
            onClick={() => change(pairs.filter((each) => each !== pair))}
          />
        </div>
      ))}
      {twice.size > 0 && <Note text={t.form.duplicateKey} tone="warning" />}
      {pairs.at(-1)?.key === "" && <Note text={t.form.pasteLines} />}
      <AddButton title={field.title} isBare={isBare} onClick={() => add([{ key: "", value: "" }])} />
    </div>
  );
}

/** One line that grows: a value may be a whole file. */
function ValueInput({
  label,
  value,
  onChange,
}: {
  label: string;
  value: Json;
  onChange: (text: string) => void;
}) {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return (
    <Textarea
      aria-label={label}
      rows={1}
      placeholder={t.form.value}
      value={text}
      className={cn(
        "max-h-64 min-h-7.5 flex-1 resize-none py-1 font-mono text-xs [field-sizing:content] sm:text-xs",
        text.includes("\n") && "resize-y whitespace-pre",
      )}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

export function replaced<T>(items: readonly T[], index: number, item: T): T[] {
  return items.map((each, at) => (at === index ? item : each));
}

export function RemoveButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-label={label}
      className="grid h-7.5 w-6 shrink-0 place-items-center rounded-md text-ink-3 hover:bg-bad-soft hover:text-bad-ink"
      onClick={onClick}
    >
      <X className="size-3.5" />
    </button>
  );
}

interface AddButtonProps {
  title: string;
  /** Without a heading above, beside which it would stand. */
  isBare?: boolean | undefined;
  onClick: () => void;
}

/** Whoever adds something wants to fill it in: the cursor goes there. */
export function AddButton({ title, isBare = false, onClick }: AddButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const inputsBefore = useRef<number | null>(null);
  const inputs = () =>
    button.current?.parentElement?.querySelectorAll<HTMLElement>("input:not([readonly]), textarea") ?? [];
  useLayoutEffect(() => {
    const before = inputsBefore.current;
    if (before === null) return;
    const added = inputs()[before];
    if (!added) return;
    inputsBefore.current = null;
    added.focus();
  });
  return (
    <Button
      ref={button}
      size="sm"
      variant="ghost"
      className={cn("h-6 px-1.5 text-ink-2", isBare ? "self-start" : "absolute -top-0.5 -right-1.5")}
      aria-label={t.form.addItem(title)}
      onClick={() => {
        inputsBefore.current = inputs().length;
        onClick();
      }}
    >
      <Plus />
      {t.form.add}
    </Button>
  );
}
