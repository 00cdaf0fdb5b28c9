import { Download, Eraser } from "lucide-react";
import { t } from "@/texts";
import { IconButton, Select } from "@/ui";
import { asText } from "./buffer";
import { LineTools } from "./LineTools";
import type { LogOptions, LogSession, LogSnapshot } from "./session";
import type { Reading } from "./useReading";

const words = t.live.logs;
const ALL = "*";
const TAILS = [100, 1000, 10_000] as const;

interface ToolbarProps {
  options: LogOptions;
  onOptions: (next: Partial<LogOptions>) => void;
  snapshot: LogSnapshot | null;
  hasManyPods: boolean;
  reading: Reading;
  session: LogSession;
}

export function LogToolbar(props: ToolbarProps) {
  const { session, reading } = props;
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-1.5 border-b border-line px-2 py-1.5">
      <Sources {...props} />
      <LineTools reading={reading}>
        <IconButton size="sm" label={words.clear} onClick={() => session.clear()}>
          <Eraser />
        </IconButton>
        <IconButton size="sm" label={words.download} onClick={() => download(session)}>
          <Download />
        </IconButton>
      </LineTools>
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

function download(session: LogSession): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([asText(session.buffer)], { type: "text/plain" }));
  link.download = `logs-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.txt`;
  link.click();
  URL.revokeObjectURL(link.href);
}
