/** The logs of a pod, or of all pods of a workload together. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { t } from "@/texts";
import { cn, ErrorState } from "@/ui";
import { LineFoot } from "./LineFoot";
import { LogRows } from "./LogRows";
import { LogToolbar } from "./LogToolbar";
import { type LogOptions, LogSession, pathOf } from "./session";
import { useReading } from "./useReading";

const words = t.live.logs;

interface ViewProps {
  resourceId: string;
  /** A workload: its pods can be read together. */
  hasManyPods: boolean;
  className?: string;
}

export default function LogsView({ resourceId, hasManyPods, className }: ViewProps) {
  const [options, setOptions] = useState<LogOptions>({ pod: "", container: "", previous: false, tail: 1000 });
  const [turn, setTurn] = useState(0);
  const path = pathOf(resourceId, hasManyPods, options);
  return (
    <Session
      key={`${path} ${turn}`}
      path={path}
      options={options}
      hasManyPods={hasManyPods}
      onOptions={(next) => setOptions((old) => ({ ...old, ...next }))}
      onAgain={() => setTurn((old) => old + 1)}
      className={className}
    />
  );
}

interface SessionProps {
  path: string;
  options: LogOptions;
  hasManyPods: boolean;
  onOptions: (next: Partial<LogOptions>) => void;
  onAgain: () => void;
  className: string | undefined;
}

function Session({ path, options, hasManyPods, onOptions, onAgain, className }: SessionProps) {
  const [session, setSession] = useState(() => new LogSession(path));
  useEffect(() => {
    // Strict mode opens twice: a session that was closed is not opened again.
    const own = new LogSession(path);
    setSession(own);
    own.open();
    return () => own.close();
  }, [path]);
  const state = useSyncExternalStore(session.listen, () => session.state);
  const reading = useReading(session, state.version);
  const { buffer } = session;
  if (state.error) return <ErrorState error={state.error} onRetry={onAgain} className="py-10" />;
  return (
    <section
      aria-label={words.title}
      data-testid="logs"
      className={cn(
        "flex min-h-0 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-surface shadow-sm dark:bg-sunken",
        className,
      )}
    >
      <LogToolbar
        options={options}
        onOptions={onOptions}
        snapshot={state.snapshot}
        hasManyPods={hasManyPods}
        session={session}
        reading={reading}
      />
      {buffer.first > 0 && buffer.size > 0 && (
        <p className="border-b border-line px-4 py-1 text-2xs text-ink-3">{words.dropped(buffer.first)}</p>
      )}
      {buffer.size === 0 ? (
        <p className="flex-1 py-10 text-center text-sm text-ink-3">
          {state.snapshot || state.ended !== null ? words.waiting : words.connecting}
        </p>
      ) : (
        <LogRows
          buffer={buffer}
          version={state.version}
          waiting={state.waiting}
          reading={reading}
          showsPods={hasManyPods && options.pod === ""}
        />
      )}
      <LineFoot state={state} count={buffer.size} onAgain={onAgain} />
    </section>
  );
}
