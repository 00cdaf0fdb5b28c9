import { Eye, EyeOff, Search, X } from "lucide-react";
import { type ComponentProps, type Ref, useRef, useState } from "react";
import { t } from "@/texts";
import { cn } from "./cn";
import { useFieldProps } from "./field";

export const controlClass =
  "w-full min-w-0 rounded-md border border-line-strong bg-surface text-ink shadow-sm transition-[border-color,box-shadow] duration-100 " +
  "hover:border-ink-3/60 focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-ring/60 " +
  "disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-bad aria-invalid:focus:outline-bad/40 dark:bg-sunken";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return (
    <input
      autoComplete="off"
      spellCheck={false}
      className={cn(controlClass, "h-8 px-2.5 text-base sm:text-sm", className)}
      {...useFieldProps()}
      {...rest}
    />
  );
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return (
    <textarea
      spellCheck={false}
      rows={3}
      className={cn(controlClass, "px-2.5 py-1.5 text-base sm:text-sm", className)}
      {...useFieldProps()}
      {...rest}
    />
  );
}

/** A password that can be looked at while one types it. */
export function PasswordInput({ className, ...rest }: Omit<ComponentProps<"input">, "type">) {
  const [isShown, setShown] = useState(false);
  return (
    <div className="relative">
      <Input type={isShown ? "text" : "password"} className={cn("pr-9", className)} {...rest} />
      <button
        type="button"
        className="absolute inset-y-0 right-0 grid w-9 place-items-center rounded-md text-ink-3 hover:text-ink"
        aria-label={isShown ? t.ui.hidePassword : t.ui.showPassword}
        onClick={() => setShown(!isShown)}
      >
        {isShown ? <EyeOff className="size-4" /> : <Eye className="size-4" />}
      </button>
    </div>
  );
}

interface SearchInputProps extends Omit<ComponentProps<"input">, "value" | "onChange" | "ref"> {
  value: string;
  onValueChange: (value: string) => void;
  label: string;
  ref?: Ref<HTMLInputElement>;
}

export function SearchInput({ value, onValueChange, label, className, ref, ...rest }: SearchInputProps) {
  const own = useRef<HTMLInputElement>(null);
  return (
    <div className={cn("relative", className)}>
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-3"
      />
      <Input
        ref={(node) => {
          own.current = node;
          if (typeof ref === "function") ref(node);
          else if (ref) ref.current = node;
        }}
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        className="px-8"
        onChange={(event) => onValueChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && value) {
            event.stopPropagation();
            onValueChange("");
          }
        }}
        {...rest}
      />
      {value && (
        <button
          type="button"
          aria-label={t.ui.clear}
          className="absolute inset-y-0 right-0 grid w-8 place-items-center rounded-md text-ink-3 hover:text-ink"
          onClick={() => {
            onValueChange("");
            own.current?.focus();
          }}
        >
          <X className="size-3.5" />
        </button>
      )}
    </div>
  );
}
