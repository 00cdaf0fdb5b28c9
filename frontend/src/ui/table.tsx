import type { ComponentProps, ReactNode } from "react";
import { Card } from "./card";
import { cn } from "./cn";

/** A real table in a card. A row may hold a `RowLink`, which makes the whole of it one link. */
export function Table({
  label,
  children,
  className,
}: {
  label: string;
  children: ReactNode;
  className?: string;
}) {
  return (
    <Card className={cn("overflow-hidden", className)}>
      <table aria-label={label} className="w-full border-collapse text-left text-sm">
        {children}
      </table>
    </Card>
  );
}

export function HeadCell({ className, ...rest }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={cn(
        "h-9 border-b border-line px-4 text-xs font-medium whitespace-nowrap text-ink-3",
        className,
      )}
      {...rest}
    />
  );
}

export function Row({ className, ...rest }: ComponentProps<"tr">) {
  return (
    <tr
      className={cn(
        "group relative border-b border-line transition-colors duration-100 last:border-0 hover:bg-hover has-[a:focus-visible]:bg-hover",
        className,
      )}
      {...rest}
    />
  );
}

export function Cell({ className, ...rest }: ComponentProps<"td">) {
  return <td className={cn("px-4 py-2.5 align-middle", className)} {...rest} />;
}

/** For the link or button that stands for its row: its press area is the whole of it. */
export const rowLinkClass =
  "rounded-sm font-medium text-ink outline-offset-2 after:absolute after:inset-0 after:content-['']";
/** For what lies in such a row and has a press area of its own. */
export const aboveRowClass = "relative z-1";
