import { Badge, Checkbox, formatTime, type Tone } from "@/ui";
import { t } from "../texts";
import type { DriftObject } from "./calls";

const words = t.operate.drift;
const TONES: Record<string, Tone> = { changed: "warn", missing: "bad", unknown: "neutral" };

interface RowProps {
  object: DriftObject;
  isChosen: boolean;
  onChoose?: (isOn: boolean) => void;
}

export function DriftObjectRow({ object, isChosen, onChoose }: RowProps) {
  const name = (
    <span className="flex min-w-0 items-baseline gap-2">
      <span className="text-xs text-ink-3">{object.kind}</span>
      <span className="truncate font-mono text-xs">{object.name}</span>
    </span>
  );
  return (
    <li className="px-3 py-2" data-testid="drift-object" data-state={object.state} data-kind={object.kind}>
      <div className="flex items-center gap-2">
        <div className="min-w-0 flex-1">
          {onChoose ? <Checkbox isOn={isChosen} onChange={onChoose} label={name} /> : name}
        </div>
        <Badge tone={TONES[object.state]}>{words.states[object.state] ?? object.state}</Badge>
      </div>
      {object.message && <p className="mt-1 pl-6.5 text-xs text-pretty text-ink-2">{object.message}</p>}
      {object.fields.length > 0 && (
        <div className="mt-1.5 overflow-x-auto pl-6.5">
          <table className="w-full min-w-md border-collapse text-left text-2xs">
            <thead className="text-ink-3">
              <tr>
                <th className="w-1/3 py-0.5 pr-3 font-medium">{words.field}</th>
                <th className="py-0.5 pr-3 font-medium">{words.expected}</th>
                <th className="py-0.5 pr-3 font-medium">{words.live}</th>
                <th className="py-0.5 font-medium">{words.manager}</th>
              </tr>
            </thead>
            <tbody className="align-top font-mono">
              {object.fields.map((field) => (
                <tr key={field.path}>
                  <td className="py-0.5 pr-3 break-all text-ink-2">{field.path}</td>
                  <td className="py-0.5 pr-3 break-all">
                    <Value value={field.expected} className="text-ok-ink" />
                  </td>
                  <td className="py-0.5 pr-3 break-all">
                    <Value value={field.live} className="text-warn-ink" />
                  </td>
                  <td
                    className="py-0.5 break-all text-ink-2"
                    title={field.changed_at ? formatTime(field.changed_at) : undefined}
                  >
                    {field.manager ?? <span className="font-sans text-ink-3">{words.unknownManager}</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </li>
  );
}

function Value({ value, className }: { value: unknown; className: string }) {
  if (value === null || value === undefined)
    return <span className="font-sans text-ink-3">{words.absent}</span>;
  return <span className={className}>{typeof value === "string" ? value : JSON.stringify(value)}</span>;
}
