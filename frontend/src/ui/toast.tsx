import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { create } from "zustand";
import { messageOf } from "@/api/errors";
import { t } from "@/texts";
import { Button } from "./button";
import { cn } from "./cn";

type Kind = "done" | "failed" | "note";

interface Toast {
  id: number;
  kind: Kind;
  text: string;
  action: { label: string; onPress: () => void } | undefined;
}

const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }));
let lastId = 0;

interface Options {
  action?: { label: string; onPress: () => void };
}

function show(kind: Kind, text: string, options: Options = {}): void {
  const next: Toast = { id: ++lastId, kind, text, action: options.action };
  useToasts.setState((state) => ({ toasts: [...state.toasts.slice(-2), next] }));
}

function dismiss(id: number): void {
  useToasts.setState((state) => ({ toasts: state.toasts.filter((one) => one.id !== id) }));
}

/** News that goes away by itself. `undo` belongs to everything that can be taken back. */
export const toast = {
  done: (text: string, options?: Options) => show("done", text, options),
  note: (text: string, options?: Options) => show("note", text, options),
  failed: (error: unknown) => show("failed", messageOf(error)),
  undoable: (text: string, undo: () => void) =>
    show("done", text, { action: { label: t.ui.undo, onPress: undo } }),
  clear: () => useToasts.setState({ toasts: [] }),
};

const icons = {
  done: <CircleCheck aria-hidden className="text-ok" />,
  failed: <CircleAlert aria-hidden className="text-bad" />,
  note: <Info aria-hidden className="text-info" />,
};

function ToastCard({ item }: { item: Toast }) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const wait = item.action || item.kind === "failed" ? 9000 : 4500;
  const start = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => dismiss(item.id), wait);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each toast
  useEffect(() => {
    start();
    return () => clearTimeout(timer.current);
  }, [item.id]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: reading it, by pointer or focus, keeps it
    <div
      role={item.kind === "failed" ? "alert" : "status"}
      onMouseEnter={() => clearTimeout(timer.current)}
      onMouseLeave={start}
      onFocus={() => clearTimeout(timer.current)}
      onBlur={start}
      className="pointer-events-auto flex w-full animate-rise-in items-center gap-2.5 rounded-lg border border-line bg-raised py-2 pr-2 pl-3 text-sm text-ink shadow-lg [&>svg]:size-4 [&>svg]:shrink-0"
    >
      {icons[item.kind]}
      <span className="min-w-0 flex-1 py-0.5 break-words">{item.text}</span>
      {item.action && (
        <Button
          size="sm"
          variant="ghost"
          className="text-accent-ink hover:text-accent-ink"
          onClick={() => {
            item.action?.onPress();
            dismiss(item.id);
          }}
        >
          {item.action.label}
        </Button>
      )}
      <button
        type="button"
        aria-label={t.ui.dismiss}
        className={cn("grid size-6 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink")}
        onClick={() => dismiss(item.id)}
      >
        <X className="size-3.5" />
      </button>
    </div>
  );
}

export function Toaster() {
  const toasts = useToasts((state) => state.toasts);
  return (
    <section
      aria-label={t.ui.notifications}
      className="pointer-events-none fixed inset-x-3 bottom-3 z-50 flex flex-col gap-2 sm:right-4 sm:bottom-4 sm:left-auto sm:w-96"
    >
      {toasts.map((item) => (
        <ToastCard key={item.id} item={item} />
      ))}
    </section>
  );
}
