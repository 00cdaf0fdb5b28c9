/** A value that may have one of several shapes: which one is chosen first. */

import { useState } from "react";
import { Segmented } from "@/ui";
import { choiceOf, type Field, fieldOf, resolved } from "../model/fields";
import { isBlank, type Path, pathText } from "../model/paths";
import type { Json } from "../model/types";
import { t } from "../texts";
import { useForm } from "./context";
import { FieldView } from "./FieldView";
import { Note } from "./Labelled";

export function EitherControl({ field, path, value }: { field: Field; path: Path; value: Json | undefined }) {
  const { defs, onChange } = useForm();
  const options = (field.schema.anyOf ?? []).map((option) => resolved(option, defs));
  const [wanted, setWanted] = useState<number | null>(null);
  const index = isBlank(value) && wanted !== null ? wanted : choiceOf(options, defs, value);
  const option = options[index] ?? {};
  const inner: Field = {
    ...fieldOf(field.key, { ...option, title: field.title }, field.isRequired, defs),
    help: "",
  };
  return (
    <div className="flex flex-col gap-1" data-field={pathText(path)}>
      <div className="flex items-center justify-between gap-2">
        <span className="truncate text-xs font-medium">{field.title}</span>
        <Segmented
          label={t.form.shapeOf(field.title)}
          value={String(index)}
          options={options.map((each, at) => ({
            value: String(at),
            label: t.form.shapes[each.type ?? ""] ?? "…",
          }))}
          onValueChange={(next) => {
            setWanted(Number(next));
            if (!isBlank(value)) onChange(path, undefined);
          }}
        />
      </div>
      <FieldView key={index} field={inner} path={path} value={value} isBare />
      <Note text={field.help} />
    </div>
  );
}
