import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { memo, type ReactNode, useLayoutEffect, useRef } from "react";
import { t } from "@/texts";
import { Button, cn } from "@/ui";
import { markedSpans } from "./ansi";
import type { Line, LogBuffer } from "./buffer";
import type { Reading } from "./useReading";

const ROW = 20;
const NEAR = 28;
/** A scroll so soon after a wheel, a key or a touch is a person's. */
const BY_HAND = 400;

interface RowsProps {
  buffer: LogBuffer;
  version: number;
  /** Lines that are held back while one reads. */
  waiting: number;
  reading: Reading;
  showsPods: boolean;
}

/** Only the lines in sight are drawn, however many arrive. */
export function LogRows(props: RowsProps) {
  const { buffer, version, reading } = props;
  const { only, current, wanted: search } = reading;
  const { isFollowing, wraps, showsTimes } = reading.looks;
  const onFollow = (next: boolean) => reading.change({ isFollowing: next });
  const box = useRef<HTMLDivElement>(null);
  const touched = useRef(0);
  const first = useRef(buffer.first);
  const count = only?.length ?? buffer.size;
  const lineAt = (place: number): Line | undefined =>
    only ? buffer.at((only[place] ?? -1) - buffer.first) : buffer.at(place);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    getItemKey: (place) => lineAt(place)?.index ?? place,
    overscan: 20,
    initialRect: { width: 1000, height: 600 },
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` is what says that there are new lines
  useLayoutEffect(() => {
    const element = box.current;
    const gone = buffer.first - first.current;
    first.current = buffer.first;
    if (!element) return;
    if (isFollowing) element.scrollTop = element.scrollHeight;
    // What one reads stays in place while the ring lets go of what was above it.
    else if (gone > 0 && !only && !wraps) element.scrollTop -= gone * ROW;
  }, [version, isFollowing, count, wraps]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: when the search moves on, not when lines arrive
  useLayoutEffect(() => {
    if (current === null) return;
    const place = only ? only.indexOf(current) : current - buffer.first;
    if (place >= 0) virtual.scrollToIndex(place, { align: "center" });
  }, [current]);

  const byHand = () => {
    touched.current = performance.now();
  };
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={box}
        role="log"
        aria-label={t.live.logs.label}
        aria-live="off"
        data-testid="log-lines"
        data-count={count}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled log must be reachable by keyboard
        tabIndex={0}
        className="h-full overflow-auto overscroll-contain py-1.5 font-mono text-xs leading-5 focus-visible:-outline-offset-2"
        onWheel={byHand}
        onTouchMove={byHand}
        onKeyDown={byHand}
        onPointerDown={byHand}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
          const isByHand = performance.now() - touched.current < BY_HAND;
          if (isByHand && isAtEnd !== isFollowing) onFollow(isAtEnd);
        }}
      >
        <div
          className={cn("relative", !wraps && "w-max min-w-full")}
          style={{ height: virtual.getTotalSize() }}
        >
          {virtual.getVirtualItems().map((item) => {
            const line = lineAt(item.index);
            return (
              <div
                key={item.key}
                data-index={item.index}
                ref={wraps ? virtual.measureElement : undefined}
                className={cn(
                  "top-0 left-0 px-4 hover:bg-hover",
                  wraps ? "absolute w-full" : "absolute min-w-full",
                )}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {line && (
                  <Row
                    line={line}
                    wraps={wraps}
                    showsTimes={showsTimes}
                    showsPods={props.showsPods}
                    search={search}
                    isCurrent={line.index === current}
                  />
                )}
              </div>
            );
          })}
        </div>
      </div>
      {!isFollowing && count > 0 && (
        <Button
          size="sm"
          className="absolute right-5 bottom-3 shadow-md"
          onClick={() => onFollow(true)}
          data-testid="log-to-end"
        >
          <ArrowDown />
          {props.waiting > 0 ? t.live.logs.newLines(props.waiting) : t.live.logs.toEnd}
        </Button>
      )}
    </div>
  );
}

interface RowProps {
  line: Line;
  wraps: boolean;
  showsTimes: boolean;
  showsPods: boolean;
  search: string;
  isCurrent: boolean;
}

const Row = memo(function Row({ line, wraps, showsTimes, showsPods, search, isCurrent }: RowProps) {
  if (line.kind === "gap") {
    return <div className="text-warn-ink italic">{t.live.logs.gap(line.text)}</div>;
  }
  return (
    <div
      data-testid="log-line"
      className={cn(
        "flex gap-3",
        wraps ? "break-all whitespace-pre-wrap" : "whitespace-pre",
        isCurrent && "bg-accent-soft",
      )}
    >
      {showsTimes && <span className="shrink-0 text-ink-3 select-none">{shortTime(line.time)}</span>}
      {showsPods && (
        <span
          className={cn("max-w-52 shrink-0 truncate select-none", toneOf(line.pod))}
          title={`${line.pod}/${line.container}`}
        >
          {line.pod}
        </span>
      )}
      <span className={cn(wraps && "min-w-0 flex-1")}>{content(line.text, search)}</span>
    </div>
  );
});

function content(text: string, search: string): ReactNode {
  return markedSpans(text, search).map(({ text: part, className, isMatch }, index) => {
    if (isMatch)
      return (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line never move
        <mark key={index} className="rounded-xs bg-warn/45 text-ink">
          {part}
        </mark>
      );
    if (className === "") return part;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line never move
      <span key={index} className={className}>
        {part}
      </span>
    );
  });
}

const CLOCK = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

function shortTime(time: string): string {
  const moment = new Date(time);
  return Number.isNaN(moment.getTime()) ? time : CLOCK.format(moment);
}

/** Without red, which would say that something is wrong. */
const TONES = ["text-accent-ink", "text-ok-ink", "text-violet-ink", "text-warn-ink", "text-info-ink"];

/** The same pod always in the same colour. */
function toneOf(pod: string): string {
  let sum = 0;
  for (const letter of pod) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return TONES[sum % TONES.length] ?? "";
}
