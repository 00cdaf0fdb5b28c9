import { useEffect, useMemo, useRef } from "react";
import type { Verdict } from "@/app/search";
import type { ReportRow } from "@/data/imports";
import { t } from "@/texts";
import { cn } from "@/ui";
import { worst } from "./verdicts";

const STRIPES: Record<Verdict, string> = {
  kept: "bg-line-strong",
  mapped: "bg-ok",
  approximated: "bg-warn",
  refused: "bg-bad",
};

export interface Spot {
  file: string;
  line: number;
}

interface Props {
  name: string;
  text: string;
  rows: readonly ReportRow[];
  spot: Spot | null;
  onLine: (spot: Spot) => void;
}

/** One file with the verdict of each line beside it. */
export function SourceFile({ name, text, rows, spot, onLine }: Props) {
  const byLine = useMemo(() => {
    const found = new Map<number, Verdict[]>();
    for (const row of rows) {
      if (row.file !== name || row.line === null) continue;
      found.set(row.line, [...(found.get(row.line) ?? []), row.verdict]);
    }
    return found;
  }, [rows, name]);
  const shown = useRef<HTMLLIElement>(null);
  const line = spot?.file === name ? spot.line : 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another line is asked for
  useEffect(() => {
    // Braces: newer browsers give a promise, and an effect that gives something is asked to clean up with it.
    shown.current?.scrollIntoView({ block: "nearest" });
  }, [line]);
  return (
    <section aria-label={name}>
      <h3 className="sticky top-0 z-10 border-b border-line bg-surface px-4 py-2 text-xs font-medium">
        {name}
      </h3>
      <ol className="py-2 font-mono text-xs leading-5">
        {text.split("\n").map((content, index) => {
          const number = index + 1;
          const verdict = worst(byLine.get(number) ?? []);
          return (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
              key={index}
              ref={number === line ? shown : undefined}
              className={cn("flex items-stretch", number === line && "bg-accent-soft")}
            >
              <span aria-hidden className={cn("w-1 shrink-0", verdict && STRIPES[verdict])} />
              {verdict ? (
                <button
                  type="button"
                  aria-label={t.imports.line(number)}
                  onClick={() => onLine({ file: name, line: number })}
                  className="w-11 shrink-0 pr-3 text-right text-ink-3 hover:text-ink"
                >
                  {number}
                </button>
              ) : (
                <span className="w-11 shrink-0 pr-3 text-right text-ink-3">{number}</span>
              )}
              <code className="min-w-0 pr-4 whitespace-pre">{content}</code>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
