/** An object inside of the data, folded away until it is wanted. */

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { cn } from "@/ui";
import { countSet, type Field, fieldsOf } from "../model/fields";
import { isBlank, isObject, type Path, pathText } from "../model/paths";
import type { Json } from "../model/types";
import { t } from "../texts";
import { useForm, useTroubleWithin } from "./context";
import { FieldView } from "./FieldView";
import { Note } from "./Labelled";

export function ObjectControl({ field, path, value }: { field: Field; path: Path; value: Json | undefined }) {
  const { defs, onChange } = useForm();
  const [isOpen, setOpen] = useState(false);
  const trouble = useTroubleWithin(pathText(path));
  const data = isObject(value) ? value : {};
  const fields = fieldsOf(field.schema, defs);
  const count = countSet(fields, data);
  const isShown = isOpen || trouble > 0;
  return (
    <div className="rounded-md border border-line" data-field={pathText(path)}>
      <div className="flex items-center">
        <button
          type="button"
          aria-expanded={isShown}
          className="flex h-8 min-w-0 flex-1 items-center gap-1.5 rounded-md px-2 text-left text-xs font-medium hover:bg-hover"
          onClick={() => setOpen(!isShown)}
        >
          <ChevronRight
            className={cn("size-3.5 shrink-0 text-ink-3 transition-transform", isShown && "rotate-90")}
          />
          <span className="truncate">{field.title}</span>
          {trouble > 0 && <span className="size-1.5 shrink-0 rounded-full bg-bad" />}
          {count > 0 && (
            <span className="ml-auto shrink-0 text-2xs font-normal text-ink-3">{t.inspector.set(count)}</span>
          )}
        </button>
        {!isBlank(value) && isShown && (
          <button
            type="button"
            className="mr-1 rounded-sm px-1.5 py-0.5 text-2xs text-ink-3 hover:bg-hover hover:text-ink"
            onClick={() => onChange(path, undefined)}
          >
            {t.form.clear}
          </button>
        )}
      </div>
      {isShown && (
        <div className="flex flex-col gap-3 border-t border-line px-2.5 pt-2 pb-2.5">
          <Note text={field.help} />
          {fields.map((inner) => (
            <FieldView key={inner.key} field={inner} path={[...path, inner.key]} value={data[inner.key]} />
          ))}
        </div>
      )}
    </div>
  );
}
