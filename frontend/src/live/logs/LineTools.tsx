/** What one does with lines, wherever they come from: search, follow, wrap, times, and what `children` add. */
import { ArrowDownToLine, ChevronDown, ChevronUp, Clock, Filter, WrapText } from "lucide-react";
import type { ReactNode } from "react";
import { t } from "@/texts";
import { IconButton, SearchInput } from "@/ui";
import type { Reading } from "./useReading";

const words = t.live.logs;

export function LineTools({ reading, children }: { reading: Reading; children: ReactNode }) {
  const { looks, change, search } = reading;
  return (
    <>
      <search
        className="flex min-w-40 flex-1 items-center gap-1"
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          search.onStep(event.shiftKey ? -1 : 1);
        }}
      >
        <SearchInput
          className="min-w-0 max-w-64 flex-1"
          label={words.search}
          value={search.text}
          onValueChange={search.onText}
        />
        {search.text !== "" && (
          <>
            <span role="status" className="text-xs whitespace-nowrap text-ink-3 tabular-nums">
              {words.matches(search.at, search.count)}
            </span>
            <IconButton size="sm" label={words.previousMatch} onClick={() => search.onStep(-1)}>
              <ChevronUp />
            </IconButton>
            <IconButton size="sm" label={words.nextMatch} onClick={() => search.onStep(1)}>
              <ChevronDown />
            </IconButton>
            <Toggle
              label={words.onlyMatching}
              isOn={looks.isFiltered}
              onChange={(isFiltered) => change({ isFiltered })}
            >
              <Filter />
            </Toggle>
          </>
        )}
      </search>
      <Toggle
        label={words.followHint}
        isOn={looks.isFollowing}
        onChange={(isFollowing) => change({ isFollowing })}
      >
        <ArrowDownToLine />
      </Toggle>
      <Toggle label={words.wrap} isOn={looks.wraps} onChange={(wraps) => change({ wraps })}>
        <WrapText />
      </Toggle>
      <Toggle label={words.times} isOn={looks.showsTimes} onChange={(showsTimes) => change({ showsTimes })}>
        <Clock />
      </Toggle>
      {children}
    </>
  );
}

interface ToggleProps {
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  children: ReactNode;
}

export function Toggle({ label, isOn, onChange, children }: ToggleProps) {
  return (
    <IconButton
      size="sm"
      label={label}
      aria-pressed={isOn}
      className={isOn ? "bg-accent-soft text-accent-ink hover:text-accent-ink" : ""}
      onClick={() => onChange(!isOn)}
    >
      {children}
    </IconButton>
  );
}
