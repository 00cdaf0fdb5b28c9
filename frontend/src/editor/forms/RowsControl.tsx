/** A list of objects as rows: what is needed in sight, the rest one click away. */

import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { cn } from "@/ui";
import { type Field, fieldsOf, resolved, splitRow } from "../model/fields";
import { parseLines } from "../model/pairs";
import { isBlank, isObject, type Path, pathText } from "../model/paths";
import { problemsWithin, shortMessage } from "../model/problems";
import type { Json, JsonObject, Problem } from "../model/types";
import { t } from "../texts";
import { useForm } from "./context";
import { FieldView } from "./FieldView";
import { Note } from "./Labelled";
import { AddButton, RemoveButton } from "./MapControl";
import { EnumControl, TextControl } from "./scalars";

interface RowsProps {
  field: Field;
  path: Path;
  value: Json | undefined;
  isBare?: boolean | undefined;
}

export function RowsControl({ field, path, value, isBare }: RowsProps) {
  const { defs, onChange } = useForm();
  const items = Array.isArray(value) ? value : [];
  const { inline, rest } = splitRow(fieldsOf(resolved(field.schema.items ?? {}, defs), defs));
  const takesLines = ["name", "value"].every((key) => inline.some((column) => column.key === key));
  const paste = (index: number, text: string): boolean => {
    const lines = takesLines && isBlankRow(items[index]) ? parseLines(text) : null;
    if (!lines) return false;
    const more = lines.map(({ key, value: each }) => ({ name: key, value: each }));
    onChange(path, [...items.slice(0, index), ...more, ...items.slice(index + 1)]);
    return true;
  };
  return (
    <div className="flex flex-col gap-1.5">
      {items.length > 0 && (
        <div aria-hidden className="flex gap-1 pr-12 text-2xs text-ink-3">
          {inline.map((column) => (
            <span key={column.key} className="min-w-0 flex-1 truncate px-0.5">
              {column.title}
            </span>
          ))}
        </div>
      )}
      {items.map((item, index) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
          key={index}
          title={t.form.item(field.title, index + 1)}
          removeLabel={t.form.removeItem(field.title, index + 1)}
          path={[...path, index]}
          item={isObject(item) ? item : {}}
          inline={inline}
          rest={rest}
          onPaste={(text) => paste(index, text)}
          onRemove={() =>
            onChange(path, items.length === 1 ? undefined : items.filter((_, at) => at !== index))
          }
        />
      ))}
      {takesLines && isBlankRow(items.at(-1)) && <Note text={t.form.pasteLines} />}
      <AddButton title={field.title} isBare={isBare} onClick={() => onChange(path, [...items, {}])} />
    </div>
  );
}

const isBlankRow = (item: Json | undefined): boolean => isObject(item) && Object.values(item).every(isBlank);

/** Where several fields of a row are wrong, each sentence says whose it is. */
function named(problem: Problem, inline: readonly Field[]): string {
  const column = inline.find((field) => problem.field?.endsWith(`.${field.key}`));
  return column ? `${column.title}: ${shortMessage(problem)}` : shortMessage(problem);
}

interface RowProps {
  title: string;
  removeLabel: string;
  path: Path;
  item: JsonObject;
  inline: readonly Field[];
  rest: readonly Field[];
  /** True when the text was more than one field's. */
  onPaste: (text: string) => boolean;
  onRemove: () => void;
}

function Row({ title, removeLabel, path, item, inline, rest, onPaste, onRemove }: RowProps) {
  const { onChange, problems } = useForm();
  const hidden = rest.filter((field) => !isBlank(item[field.key])).length;
  const [isOpen, setOpen] = useState(false);
  const wrong = problemsWithin(problems, pathText(path));
  const inlineWrong = wrong.filter(
    (problem) =>
      inline.some((field) => problem.field === pathText([...path, field.key])) ||
      problem.field === pathText(path),
  );
  return (
    <fieldset
      aria-label={title}
      onPaste={(event) => {
        // A value may look like a line of its own; a name never does.
        const isFirst = event.currentTarget.querySelector("input") === event.target;
        if (isFirst && onPaste(event.clipboardData.getData("text"))) event.preventDefault();
      }}
      className={cn("min-w-0 rounded-md", isOpen && "border border-line bg-sunken/50 p-1.5")}
    >
      <div className="flex items-start gap-1">
        {inline.map((field) => {
          const Control = field.kind === "enum" ? EnumControl : TextControl;
          const at = [...path, field.key];
          const isWrong = wrong.some(
            (problem) => problem.field === pathText(at) && problem.severity === "error",
          );
          return (
            <div key={field.key} className="min-w-0 flex-1" data-field={pathText(at)}>
              <Control
                field={field}
                label={`${title}, ${field.title}`}
                value={item[field.key]}
                onChange={(next) => onChange(at, next)}
                {...(isWrong ? { ids: { id: `${pathText(at)}`, "aria-invalid": true as const } } : {})}
              />
            </div>
          );
        })}
        {rest.length > 0 && (
          <button
            type="button"
            aria-expanded={isOpen}
            aria-label={`${title}: ${isOpen ? t.form.fewer : t.form.details}`}
            title={isOpen ? t.form.fewer : t.form.details}
            className="relative grid h-7.5 w-6 shrink-0 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink"
            onClick={() => setOpen(!isOpen)}
          >
            <ChevronDown className={cn("size-3.5 transition-transform", isOpen && "rotate-180")} />
            {hidden > 0 && !isOpen && (
              <span aria-hidden className="absolute top-1 right-0.5 size-1.5 rounded-full bg-accent" />
            )}
          </button>
        )}
        <RemoveButton label={removeLabel} onClick={onRemove} />
      </div>
      {inlineWrong.map((problem) => (
        <Note
          key={`${problem.field} ${problem.message}`}
          text={inlineWrong.length > 1 ? named(problem, inline) : shortMessage(problem)}
          tone={problem.severity}
        />
      ))}
      {isOpen && (
        <div className="mt-2 flex flex-col gap-3 px-0.5 pb-1">
          {rest.map((field) => (
            <FieldView key={field.key} field={field} path={[...path, field.key]} value={item[field.key]} />
          ))}
        </div>
      )}
    </fieldset>
  );
}
