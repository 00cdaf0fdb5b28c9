import type { ReactNode } from "react";
import { cn } from "@/ui";
import { usePageTitle } from "./title";

interface PageProps {
  title: string;
  subtitle?: ReactNode;
  /** Above the heading: the way back to the list that this is one of. */
  back?: ReactNode;
  /** Beside the heading: states and marks. */
  marks?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** One column to fill in: not wider than lines are read, and it begins where every page begins. */
  isForm?: boolean;
  className?: string;
}

/** A page beside the sidebar: heading, actions, content at a width that can be read. */
export function Page({ title, subtitle, back, marks, actions, children, isForm, className }: PageProps) {
  usePageTitle(title);
  return (
    <div
      className={cn(
        "mx-auto flex min-h-full w-full max-w-7xl flex-col px-4 pt-5 pb-16 sm:px-8 sm:pt-8",
        className,
      )}
    >
      <div className={isForm ? "flex w-full max-w-3xl flex-1 flex-col" : "contents"}>
        <header className="mb-5 flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
          <div className="min-w-0">
            {back && <div className="mb-1 -ml-1">{back}</div>}
            <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
              <h1 className="min-w-0 text-xl font-semibold tracking-tight break-words">{title}</h1>
              {marks}
            </div>
            {subtitle && <div className="hidden text-sm text-ink-2 sm:block">{subtitle}</div>}
          </div>
          {actions && <div className="flex items-center gap-2">{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  );
}

/** The way back to a list, for the top of a page about one of it. */
export const backLinkClass =
  "inline-flex items-center gap-0.5 rounded-md px-1 text-xs text-ink-3 hover:text-ink [&_svg]:size-3.5";
