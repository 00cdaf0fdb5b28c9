import { Plus, X } from "lucide-react";
import { t } from "@/texts";
import { Button, Checkbox, IconButton, Input, PasswordInput } from "@/ui";

const words = t.builds.form;

export interface Pair {
  name: string;
  value: string;
  isSecret: boolean;
}

interface RowsProps {
  label: string;
  hint: string;
  rows: readonly Pair[];
  onChange: (rows: Pair[]) => void;
  add: string;
  /** All of them are; else each can be. */
  areSecret?: boolean;
  error?: string | undefined;
}

/** Names with values; those of secrets are covered while one types. */
export function Rows({ label, hint, rows, onChange, add, areSecret = false, error }: RowsProps) {
  const change = (place: number, next: Partial<Pair>) =>
    onChange(rows.map((row, index) => (index === place ? { ...row, ...next } : row)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      {rows.map((row, place) => {
        const Value = row.isSecret || areSecret ? PasswordInput : Input;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are told apart by nothing else
          <div key={place} className="flex flex-wrap items-center gap-2 sm:flex-nowrap">
            <Input
              aria-label={`${label}: ${words.name}`}
              placeholder={words.name}
              className="font-mono sm:w-56"
              value={row.name}
              autoFocus={row.name === ""}
              onChange={(event) => change(place, { name: event.target.value })}
            />
            <div className="min-w-40 flex-1">
              <Value
                aria-label={`${label}: ${words.value}`}
                placeholder={words.value}
                autoComplete="off"
                className="font-mono"
                value={row.value}
                onChange={(event) => change(place, { value: event.target.value })}
              />
            </div>
            {!areSecret && (
              <Checkbox
                className="shrink-0"
                label={words.isSecret}
                isOn={row.isSecret}
                onChange={(isSecret) => change(place, { isSecret })}
              />
            )}
            <IconButton
              label={words.remove(row.name)}
              size="sm"
              onClick={() => onChange(rows.filter((_, index) => index !== place))}
            >
              <X />
            </IconButton>
          </div>
        );
      })}
      <div>
        <Button size="sm" onClick={() => onChange([...rows, { name: "", value: "", isSecret: areSecret }])}>
          <Plus />
          {add}
        </Button>
      </div>
      <p role={error ? "alert" : undefined} className={error ? "text-xs text-bad-ink" : "text-xs text-ink-3"}>
        {error ?? hint}
      </p>
    </fieldset>
  );
}
