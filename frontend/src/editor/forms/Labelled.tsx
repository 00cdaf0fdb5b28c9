/** A label, a control, its help and its problem. */

import { type ReactNode, useId } from "react";
import { cn } from "@/ui";
import type { Field } from "../model/fields";
import { useTrouble } from "./context";

export interface ControlIds {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

interface LabelledProps {
  field: Field;
  path: string;
  aside?: ReactNode;
  children: (ids: ControlIds) => ReactNode;
}

export function Labelled({ field, path, aside, children }: LabelledProps) {
  const id = useId();
  const trouble = useTrouble(path);
  const note = trouble?.message ?? field.help;
  return (
    <div className="flex min-w-0 flex-col gap-1" data-field={path}>
      <div className="flex min-h-5 items-center justify-between gap-2">
        <label htmlFor={id} className="truncate text-xs font-medium text-ink">
          {field.title}
          {field.isRequired && (
            <span aria-hidden className="text-bad-ink">
              {" *"}
            </span>
          )}
        </label>
        {aside}
      </div>
      {children({
        id,
        ...(note ? { "aria-describedby": `${id}-note` } : {}),
        ...(trouble?.severity === "error" ? { "aria-invalid": true as const } : {}),
      })}
      <Note id={`${id}-note`} text={note} tone={trouble?.severity} />
    </div>
  );
}

interface NoteProps {
  id?: string;
  text: string;
  tone?: "error" | "warning" | undefined;
  className?: string;
}

export function Note({ id, text, tone, className }: NoteProps) {
  if (!text) return null;
  return (
    <p
      {...(id ? { id } : {})}
      role={tone === "error" ? "alert" : undefined}
      data-testid={tone ? "field-problem" : undefined}
      className={cn(
        "text-2xs text-pretty text-ink-3",
        tone === "error" && "text-bad-ink",
        tone === "warning" && "text-warn-ink",
        className,
      )}
    >
      {text}
    </p>
  );
}
