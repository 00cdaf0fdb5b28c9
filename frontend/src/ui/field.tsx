import { createContext, type ReactNode, useContext, useId } from "react";
import { cn } from "./cn";

interface FieldContext {
  id: string;
  describedBy: string | undefined;
  isInvalid: boolean;
}

const Context = createContext<FieldContext | null>(null);

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  /** Beside the label, at the right: a link, "optional". */
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** A label, one control, a hint and an error, tied together for assistive technology. */
export function Field({ label, hint, error, aside, className, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const hasNote = Boolean(error || hint);
  return (
    <div className={cn("flex min-w-0 flex-col gap-1.5", className)}>
      <div className="flex items-baseline justify-between gap-2">
        <label htmlFor={id} className="text-sm font-medium text-ink">
          {label}
        </label>
        {aside && <span className="text-xs text-ink-3">{aside}</span>}
      </div>
      <Context.Provider value={{ id, describedBy: hasNote ? noteId : undefined, isInvalid: Boolean(error) }}>
        {children}
      </Context.Provider>
      {hasNote && (
        <p
          id={noteId}
          className={cn("text-xs", error ? "text-bad-ink" : "text-ink-3")}
          role={error ? "alert" : undefined}
        >
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

/** The attributes that tie a control to the field it stands in; nothing outside of one. */
export function useFieldProps(): { id?: string; "aria-describedby"?: string; "aria-invalid"?: true } {
  const field = useContext(Context);
  if (!field) return {};
  return {
    id: field.id,
    ...(field.describedBy ? { "aria-describedby": field.describedBy } : {}),
    ...(field.isInvalid ? { "aria-invalid": true as const } : {}),
  };
}
