import type { ReactNode } from "react";
import { cn } from "@/ui";
import { usePageTitle } from "./title";

interface PageProps {
  title: string;
  subtitle?: string;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A page beside the sidebar: heading, actions, content at a width that can be read. */
export function Page({ title, subtitle, actions, children, className }: PageProps) {
  usePageTitle(title);
  return (
    <div
      className={cn(
        "mx-auto flex min-h-full w-full max-w-6xl flex-col px-4 pt-5 pb-16 sm:px-8 sm:pt-8",
        className,
      )}
    >
      <header className="mb-5 flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
        <div>
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {subtitle && <p className="hidden text-sm text-ink-2 sm:block">{subtitle}</p>}
        </div>
        {actions && <div className="flex items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
