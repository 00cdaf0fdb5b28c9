import { cn } from "./cn";

const isMac = typeof navigator !== "undefined" && /Mac|iP(hone|ad|od)/.test(navigator.userAgent);
const names: Record<string, string> = isMac
  ? { mod: "⌘", shift: "⇧", alt: "⌥", enter: "↵", escape: "Esc", delete: "⌫" }
  : { mod: "Ctrl", shift: "Shift", alt: "Alt", enter: "↵", escape: "Esc", delete: "Del" };

/** A key hint: `["mod", "k"]` reads ⌘K on a Mac and Ctrl K elsewhere. */
export function Keys({ keys, className }: { keys: string[]; className?: string }) {
  return (
    <span className={cn("inline-flex gap-0.5", className)} aria-hidden>
      {keys.map((key) => (
        <kbd
          key={key}
          className="inline-grid h-4.5 min-w-4.5 place-items-center rounded-sm border border-line-strong bg-sunken px-1 font-sans text-2xs text-ink-3"
        >
          {names[key] ?? (key.length === 1 ? key.toUpperCase() : key)}
        </kbd>
      ))}
    </span>
  );
}
