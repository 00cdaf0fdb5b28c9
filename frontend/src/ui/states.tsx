import { CircleAlert, FileQuestion, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { isApiError, messageOf } from "@/api/errors";
import { t } from "@/texts";
import { Button } from "./button";
import { cn } from "./cn";

export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn("block animate-shimmer rounded-md bg-active", className)} />;
}

/** Lines in the place of a list that is on its way. */
export function SkeletonRows({ count = 5, className }: { count?: number; className?: string }) {
  return (
    <div role="status" aria-label={t.ui.loading} className={cn("flex flex-col", className)}>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div key={index} className="flex items-center gap-4 border-b border-line px-4 py-3.5 last:border-0">
          <Skeleton className="size-2 rounded-full" />
          <Skeleton className={index % 2 ? "h-3 w-52" : "h-3 w-40"} />
          <Skeleton className="ml-auto hidden h-3 w-16 sm:block" />
          <Skeleton className="hidden h-3 w-24 sm:block" />
        </div>
      ))}
    </div>
  );
}

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

export function EmptyState({ icon, title, children, actions, className }: EmptyStateProps) {
  return (
    <div className={cn("mx-auto flex max-w-md flex-col items-center px-6 py-16 text-center", className)}>
      {icon && (
        <div className="mb-4 grid size-11 place-items-center rounded-xl border border-line bg-surface text-ink-3 shadow-sm [&_svg]:size-5">
          {icon}
        </div>
      )}
      <h2 className="text-lg font-semibold text-balance">{title}</h2>
      {children && <div className="mt-1 max-w-md text-sm text-pretty text-ink-2">{children}</div>}
      {actions && <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}

interface ErrorStateProps {
  error: unknown;
  title?: string;
  onRetry?: () => void;
  className?: string;
  actions?: ReactNode;
}

/** What went wrong, in the server's words, and a way on. What is not there is no fault, and does not come by trying. */
export function ErrorState({
  error,
  title = t.ui.failedToLoad,
  onRetry,
  className,
  actions,
}: ErrorStateProps) {
  if (isApiError(error) && error.isMissing)
    return (
      <div role="alert">
        <EmptyState
          icon={<FileQuestion />}
          title={messageOf(error)}
          className={className ?? ""}
          actions={actions}
        >
          {t.errors.notFoundText}
        </EmptyState>
      </div>
    );
  return (
    <div
      role="alert"
      className={cn("mx-auto flex max-w-md flex-col items-center px-6 py-16 text-center", className)}
    >
      <div className="mb-4 grid size-11 place-items-center rounded-xl bg-bad-soft text-bad-ink">
        <CircleAlert className="size-5" />
      </div>
      <h2 className="text-lg font-semibold text-balance">{title}</h2>
      <p className="mt-1 text-sm text-pretty text-ink-2">{messageOf(error)}</p>
      <div className="mt-5 flex flex-wrap justify-center gap-2">
        {onRetry && (
          <Button onClick={onRetry}>
            <RotateCw />
            {t.ui.tryAgain}
          </Button>
        )}
        {actions}
      </div>
    </div>
  );
}

/** A sentence with a tone, inside a form or a panel. */
export function Notice({
  tone = "bad",
  children,
  className,
}: {
  tone?: "bad" | "warn" | "info" | "ok";
  children: ReactNode;
  className?: string;
}) {
  const tones = {
    bad: "bg-bad-soft text-bad-ink",
    warn: "bg-warn-soft text-warn-ink",
    info: "bg-info-soft text-info-ink",
    ok: "bg-ok-soft text-ok-ink",
  };
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className={cn("rounded-md px-3 py-2 text-sm text-pretty", tones[tone], className)}
    >
      {children}
    </div>
  );
}
