/** A list of plain texts, one below the other. */

import { Input } from "@/ui";
import { isObject } from "../model/paths";
import type { Json } from "../model/types";
import { t } from "../texts";
import { AddButton, RemoveButton, replaced } from "./MapControl";
import type { ControlProps } from "./scalars";

export function ListControl({ field, value, onChange, isBare }: ControlProps) {
  const items = Array.isArray(value) ? value : [];
  const change = (next: Json[]) => onChange(next.length === 0 ? undefined : next);
  return (
    <div className="flex flex-col gap-1.5">
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: plain texts have no other identity
        <div key={index} className="flex items-center gap-1">
          <Input
            aria-label={t.form.item(field.title, index + 1)}
            value={textOf(item)}
            className="h-7.5 flex-1 font-mono text-xs sm:text-xs"
            onChange={(event) =>
              change(
                replaced(
                  items,
                  index,
                  isObject(item) ? { ...item, name: event.target.value } : event.target.value,
                ),
              )
            }
          />
          <RemoveButton
            label={t.form.removeItem(field.title, index + 1)}
            onClick={() => change(items.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <AddButton title={field.title} isBare={isBare} onClick={() => change([...items, ""])} />
    </div>
  );
}

/** Some lists take `{name}` for a text. */
function textOf(item: Json): string {
  if (isObject(item)) return typeof item.name === "string" ? item.name : JSON.stringify(item);
  return String(item ?? "");
}
