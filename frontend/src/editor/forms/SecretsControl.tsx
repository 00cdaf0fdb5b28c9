/** Values that can be written and never read: a stored one can be replaced or removed. */

import { Lock } from "lucide-react";
import { Button, Input, PasswordInput } from "@/ui";
import type { Pair } from "../model/pairs";
import { t } from "../texts";
import { AddButton, RemoveButton, replaced, usePairs } from "./MapControl";
import type { ControlProps } from "./scalars";

export function SecretsControl({ field, value, onChange, isBare }: ControlProps) {
  const { pairs, change, add } = usePairs(value, onChange);
  const set = (index: number, pair: Pair) => change(replaced(pairs, index, pair));
  return (
    <div className="flex flex-col gap-1.5">
      {pairs.map((pair, index) => (
        <div key={pair.row} className="flex items-start gap-1">
          <Input
            aria-label={t.form.keyOf(field.title, index + 1)}
            placeholder={t.form.key}
            value={pair.key}
            // The stored value belongs to this key: under another one there is nothing.
            readOnly={pair.value === null}
            className="h-7.5 w-2/5 font-mono text-xs read-only:bg-sunken sm:text-xs"
            onChange={(event) => set(index, { ...pair, key: event.target.value.trim() })}
          />
          <div className="min-w-0 flex-1">
            {pair.value === null ? (
              <div
                title={t.form.stored}
                className="flex h-7.5 items-center gap-1.5 rounded-md border border-line bg-sunken pr-0.5 pl-2 text-xs text-ink-3"
              >
                <Lock aria-hidden className="size-3 shrink-0" />
                <span className="flex-1 truncate">••••••••</span>
                <Button
                  size="sm"
                  variant="ghost"
                  className="h-6 px-1.5"
                  onClick={() => set(index, { ...pair, value: "" })}
                >
                  {t.form.replace}
                </Button>
              </div>
            ) : (
              <PasswordInput
                aria-label={t.form.valueOf(field.title, index + 1)}
                placeholder={t.form.value}
                autoComplete="new-password"
                value={typeof pair.value === "string" ? pair.value : ""}
                className="h-7.5 font-mono text-xs sm:text-xs"
                onChange={(event) => set(index, { ...pair, value: event.target.value })}
              />
            )}
          </div>
          <RemoveButton
            label={t.form.removeItem(field.title, index + 1)}
            onClick={() => change(pairs.filter((each) => each !== pair))}
          />
        </div>
      ))}
      <AddButton title={field.title} isBare={isBare} onClick={() => add([{ key: "", value: "" }])} />
    </div>
  );
}
