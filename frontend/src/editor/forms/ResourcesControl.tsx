/** CPU and memory, reserved and at most, in one small table; other resources below. */

import { fieldOf } from "../model/fields";
import { isBlank, isObject, setIn } from "../model/paths";
import type { Json } from "../model/types";
import { t } from "../texts";
import { useForm } from "./context";
import { Note } from "./Labelled";
import { type ControlProps, TextControl } from "./scalars";

const ROWS = [
  { key: "cpu", title: t.form.cpu, placeholder: { requests: "100m", limits: "500m" } },
  { key: "memory", title: t.form.memory, placeholder: { requests: "128Mi", limits: "256Mi" } },
] as const;
const COLUMNS = [
  { key: "requests", title: t.form.requests },
  { key: "limits", title: t.form.limits },
] as const;

export function ResourcesControl({ value, onChange, field, path }: ControlProps & { path: string }) {
  const { problems } = useForm();
  const current = isObject(value) ? value : {};
  const set = (column: string, key: string, next: Json | undefined) => {
    const inner = setIn(current[column], [key], next);
    const all = setIn(current, [column], isBlank(inner) ? undefined : inner);
    onChange(isBlank(all) ? undefined : all);
  };
  const wrong = problems.find((problem) => problem.field?.startsWith(`${path}.`));
  return (
    <div className="flex flex-col gap-1.5">
      <div className="grid grid-cols-[3.75rem_1fr_1fr] items-center gap-1.5">
        <span />
        {COLUMNS.map((column) => (
          <span key={column.key} className="text-2xs text-ink-3">
            {column.title}
          </span>
        ))}
        {ROWS.map((row) => [
          <span key={row.key} className="text-xs text-ink-2">
            {row.title}
          </span>,
          ...COLUMNS.map((column) => {
            const inner = current[column.key];
            const cell = fieldOf(
              row.key,
              { ...QUANTITY, "x-placeholder": row.placeholder[column.key] },
              false,
              {},
            );
            return (
              <TextControl
                key={`${row.key}.${column.key}`}
                field={cell}
                label={`${field.title}, ${row.title}, ${column.title}`}
                value={isObject(inner) ? inner[row.key] : undefined}
                onChange={(next) => set(column.key, row.key, next)}
              />
            );
          }),
        ])}
      </div>
      <Others current={current} />
      {wrong && <Note text={wrong.message} tone={wrong.severity} />}
    </div>
  );
}

const QUANTITY = { anyOf: [{ type: "string" }, { type: "integer" }, { type: "number" }], format: "quantity" };

/** What else is set is said, so that nothing is hidden. */
function Others({ current }: { current: Record<string, Json> }) {
  const names = COLUMNS.flatMap((column) => {
    const inner = current[column.key];
    return isObject(inner) ? Object.keys(inner).filter((key) => key !== "cpu" && key !== "memory") : [];
  });
  if (names.length === 0) return null;
  return <Note text={`${t.form.otherResources}: ${[...new Set(names)].join(", ")}`} />;
}
