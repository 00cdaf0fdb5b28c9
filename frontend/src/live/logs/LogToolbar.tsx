import {
  ArrowDownToLine,
  ChevronDown,
  ChevronUp,
  Clock,
  Download,
  Eraser,
  Filter,
  WrapText,
} from "lucide-react";
import type { ReactNode } from "react";
import { t } from "@/texts";
import { IconButton, SearchInput, Select } from "@/ui";
import { asText } from "./buffer";
import type { Looks } from "./LogsView";
import type { LogOptions, LogSession, LogSnapshot } from "./session";

const words = t.live.logs;
const ALL = "*";
const TAILS = [100, 1000, 10_000] as const;

interface ToolbarProps {
  options: LogOptions;
  onOptions: (next: Partial<LogOptions>) => void;
  snapshot: LogSnapshot | null;
  hasManyPods: boolean;
  looks: Looks;
  onLooks: (next: Partial<Looks>) => void;
  session: LogSession;
  search: {
    text: string;
    onText: (text: string) => void;
    count: number;
    at: number;
    onStep: (by: 1 | -1) => void;
  };
}

export function LogToolbar(props: ToolbarProps) {
  const { looks, onLooks, session, search } = props;
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-1.5 border-b border-line px-2 py-1.5">
      <Sources {...props} />
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
              onChange={(isFiltered) => onLooks({ isFiltered })}
            >
              <Filter />
            </Toggle>
          </>
        )}
      </search>
      <Toggle
        label={words.followHint}
        isOn={looks.isFollowing}
        onChange={(isFollowing) => onLooks({ isFollowing })}
      >
        <ArrowDownToLine />
      </Toggle>
      <Toggle label={words.wrap} isOn={looks.wraps} onChange={(wraps) => onLooks({ wraps })}>
        <WrapText />
      </Toggle>
      <Toggle label={words.times} isOn={looks.showsTimes} onChange={(showsTimes) => onLooks({ showsTimes })}>
        <Clock />
      </Toggle>
      <IconButton size="sm" label={words.clear} onClick={() => session.clear()}>
        <Eraser />
      </IconButton>
      <IconButton size="sm" label={words.download} onClick={() => download(session)}>
        <Download />
      </IconButton>
    </div>
  );
}

/** Whose lines, and how far back. */
function Sources({ options, onOptions, snapshot, hasManyPods }: ToolbarProps) {
  const chosen = snapshot?.pods.find((pod) => pod.name === options.pod);
  const containers = chosen?.containers ?? snapshot?.containers ?? [];
  const pods = snapshot?.pods.map((pod) => pod.name) ?? [];
  if (options.pod && !pods.includes(options.pod)) pods.push(options.pod);
  return (
    <>
      {hasManyPods && (
        <Select
          label={words.pod}
          className="h-7 w-auto max-w-56 text-xs"
          value={options.pod || ALL}
          onValueChange={(pod) => onOptions({ pod: pod === ALL ? "" : pod, container: "" })}
          options={[
            { value: ALL, label: words.allPods },
            ...pods.map((name) => ({ value: name, label: name })),
          ]}
        />
      )}
      {containers.length > 1 && (
        <Select
          label={words.container}
          className="h-7 w-auto max-w-44 text-xs"
          value={options.container || snapshot?.container || containers[0]}
          onValueChange={(container) => onOptions({ container })}
          options={containers.map((name) => ({ value: name, label: name }))}
        />
      )}
      <Select
        label={words.tail}
        className="h-7 w-auto text-xs"
        value={options.previous ? "previous" : String(options.tail ?? ALL)}
        onValueChange={(value) => {
          if (value === "previous") onOptions({ previous: true });
          else onOptions({ previous: false, tail: value === ALL ? null : Number(value) });
        }}
        options={[
          ...TAILS.map((count) => ({ value: String(count), label: words.tails(count) })),
          { value: ALL, label: words.everything },
          { value: "previous", label: words.previous },
        ]}
      />
    </>
  );
}

interface ToggleProps {
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  children: ReactNode;
}

function Toggle({ label, isOn, onChange, children }: ToggleProps) {
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

function download(session: LogSession): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([asText(session.buffer)], { type: "text/plain" }));
  link.download = `logs-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.txt`;
  link.click();
  URL.revokeObjectURL(link.href);
}
