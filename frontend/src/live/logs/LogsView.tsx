/** The logs of a pod, or of all pods of a workload together. */
import { RotateCw } from "lucide-react";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useDebounced } from "@/app/use-debounced";
import { t } from "@/texts";
import { Button, cn, ErrorState, Notice, StatusLabel } from "@/ui";
import { matchesIn } from "./buffer";
import { LogRows } from "./LogRows";
import { LogToolbar } from "./LogToolbar";
import { type LogOptions, LogSession, type LogState, pathOf } from "./session";

const words = t.live.logs;

interface ViewProps {
  resourceId: string;
  /** A workload: its pods can be read together. */
  hasManyPods: boolean;
  className?: string;
}

export interface Looks {
  isFollowing: boolean;
  wraps: boolean;
  showsTimes: boolean;
  isFiltered: boolean;
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
  const [looks, setLooks] = useState<Looks>({
    isFollowing: true,
    wraps: false,
    showsTimes: true,
    isFiltered: false,
  });
  const [text, setText] = useState("");
  const search = useDebounced(text.trim());
  const [at, setAt] = useState<number | null>(null);
  const { buffer } = session;
  useEffect(() => session.hold(!looks.isFollowing), [session, looks.isFollowing]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` is what says that there are other lines
  const matches = useMemo(() => matchesIn(buffer, search), [buffer, search, state.version]);
  const place = at === null ? -1 : matches.indexOf(at);
  const step = (by: 1 | -1) => {
    if (matches.length === 0) return;
    const next =
      place < 0 ? (by > 0 ? 0 : matches.length - 1) : (place + by + matches.length) % matches.length;
    setAt(matches[next] ?? null);
    setLooks((old) => ({ ...old, isFollowing: false }));
  };
  const change = (next: Partial<Looks>) => setLooks((old) => ({ ...old, ...next }));
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
        looks={looks}
        onLooks={change}
        session={session}
        search={{ text, onText: setText, count: matches.length, at: place + 1, onStep: step }}
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
          only={looks.isFiltered && search ? matches : null}
          isFollowing={looks.isFollowing}
          onFollow={(isFollowing) => change({ isFollowing })}
          wraps={looks.wraps}
          showsTimes={looks.showsTimes}
          showsPods={hasManyPods && options.pod === ""}
          search={search}
          current={at}
        />
      )}
      <Foot state={state} count={buffer.size} onAgain={onAgain} />
    </section>
  );
}

function Foot({ state, count, onAgain }: { state: LogState; count: number; onAgain: () => void }) {
  const isOver = state.ended !== null || state.isRevoked;
  if (state.isRevoked) return <Notice className="m-2">{words.revoked}</Notice>;
  return (
    <footer className="flex h-8 shrink-0 items-center gap-3 border-t border-line px-4 text-xs text-ink-3">
      <span role="status" data-testid="log-state" data-state={isOver ? "ended" : state.line}>
        {isOver ? (
          state.ended ? (
            words.endedWhy(state.ended)
          ) : (
            words.ended
          )
        ) : (
          <StatusLabel tone={state.line === "open" ? "ok" : "warn"} isLive={state.line !== "open"}>
            <span className="text-xs text-ink-3">
              {state.line === "open"
                ? words.live
                : state.line === "connecting"
                  ? words.connecting
                  : words.reconnecting}
            </span>
          </StatusLabel>
        )}
      </span>
      {isOver && (
        <Button size="sm" variant="ghost" className="h-6" onClick={onAgain}>
          <RotateCw />
          {words.again}
        </Button>
      )}
      <span className="ml-auto tabular-nums">{words.lines(count)}</span>
    </footer>
  );
}
