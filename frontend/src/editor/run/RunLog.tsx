import { useEffect, useRef } from "react";
import { cn } from "@/ui";
import { useLive } from "../editor";
import { t } from "../texts";

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

const LEVELS: Record<string, string> = {
  error: "text-bad-ink",
  warning: "text-warn-ink",
  warn: "text-warn-ink",
  info: "text-ink-3",
};

/** What the run says, line by line; follows the end unless one scrolled up to read. */
export function RunLog() {
  const log = useLive((state) => state.log);
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line
  useEffect(() => {
    if (follows.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [log]);
  if (log.length === 0) return <p className="py-8 text-center text-sm text-ink-3">{t.run.logEmpty}</p>;
  return (
    <div
      ref={box}
      role="log"
      aria-label={t.run.log}
      data-testid="run-log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled log must be reachable by keyboard
      tabIndex={0}
      className="h-full overflow-y-auto py-2"
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        follows.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      <LogLines lines={log} />
    </div>
  );
}

interface Line {
  at: string;
  level: string;
  message: string;
}

export function LogLines({ lines }: { lines: readonly Line[] }) {
  return (
    <div className="px-4 font-mono text-xs leading-5">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
        <div key={index} className="flex gap-3">
          <time dateTime={line.at} className="shrink-0 text-ink-3">
            {TIME.format(new Date(line.at))}
          </time>
          <span className={cn("w-13 shrink-0", LEVELS[line.level] ?? "text-ink-3")}>{line.level}</span>
          <span className={cn("min-w-0 break-words", line.level === "error" && "text-bad-ink")}>
            {line.message}
          </span>
        </div>
      ))}
    </div>
  );
}
