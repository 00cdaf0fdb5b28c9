import type { ReactNode } from "react";
import { cn } from "./cn";

export type Tone = "neutral" | "ok" | "warn" | "bad" | "info" | "accent" | "violet";

const tones: Record<Tone, string> = {
  neutral: "bg-hover text-ink-2",
  ok: "bg-ok-soft text-ok-ink",
  warn: "bg-warn-soft text-warn-ink",
  bad: "bg-bad-soft text-bad-ink",
  info: "bg-info-soft text-info-ink",
  accent: "bg-accent-soft text-accent-ink",
  violet: "bg-violet-soft text-violet-ink",
};

const dots: Record<Tone, string> = {
  neutral: "bg-ink-3",
  ok: "bg-ok",
  warn: "bg-warn",
  bad: "bg-bad",
  info: "bg-info",
  accent: "bg-accent",
  violet: "bg-violet",
};

export function Badge({
  tone = "neutral",
  className,
  children,
}: {
  tone?: Tone;
  className?: string;
  children: ReactNode;
}) {
  return (
    <span
      className={cn(
        "inline-flex h-5 shrink-0 items-center gap-1 whitespace-nowrap rounded-sm px-1.5 text-2xs font-medium [&_svg]:size-3",
        tones[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}

/** A coloured dot; `isLive` makes it breathe, for what is under way. The words beside it carry the meaning. */
export function StatusDot({
  tone,
  isLive = false,
  className,
}: {
  tone: Tone;
  isLive?: boolean;
  className?: string;
}) {
  return (
    <span aria-hidden className={cn("relative inline-grid size-2 shrink-0 place-items-center", className)}>
      {isLive && <span className={cn("absolute size-2 animate-ping rounded-full opacity-60", dots[tone])} />}
      <span className={cn("size-2 rounded-full", dots[tone])} />
    </span>
  );
}

export function StatusLabel({
  tone,
  isLive = false,
  children,
}: {
  tone: Tone;
  isLive?: boolean;
  children: ReactNode;
}) {
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap text-sm text-ink-2">
      <StatusDot tone={tone} isLive={isLive} />
      {children}
    </span>
  );
}
