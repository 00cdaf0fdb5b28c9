import { Download, Layers } from "lucide-react";
import { useMemo, useState, useSyncExternalStore } from "react";
import { ApiError } from "@/api";
import { authorisedFetch } from "@/auth/fetch";
import { type Build, isUnderWay } from "@/data/builds";
import { LineFoot } from "@/live/logs/LineFoot";
import { LineTools, Toggle } from "@/live/logs/LineTools";
import { LogRows } from "@/live/logs/LogRows";
import { useReading } from "@/live/logs/useReading";
import { t } from "@/texts";
import { ErrorState, IconButton, toast } from "@/ui";
import type { BuildSession } from "./session";

interface LogProps {
  build: Build;
  session: BuildSession;
  /** Read it anew. */
  onAgain: () => void;
  /** The name of the step whose lines are shown; null for all. */
  stage: string | null;
}

export function BuildLog({ build, session, onAgain, stage }: LogProps) {
  const state = useSyncExternalStore(session.listen, () => session.state);
  const of = useMemo(() => (stage === null ? undefined : (pod: string) => pod === stage), [stage]);
  const [showsStages, setShowsStages] = useState(false);
  const reading = useReading(session, state.version, { showsTimes: false }, of);
  const { buffer } = session;
  const count = reading.only?.length ?? buffer.size;
  if (state.error) return <ErrorState error={state.error} onRetry={onAgain} className="py-10" />;
  return (
    <section
      aria-label={t.builds.tabs.log}
      data-testid="logs"
      className="flex min-h-0 min-w-0 flex-1 flex-col overflow-hidden bg-surface dark:bg-sunken"
    >
      <div className="flex shrink-0 flex-wrap items-center gap-1.5 border-b border-line px-2 py-1.5">
        <LineTools reading={reading}>
          <Toggle label={t.builds.showStages} isOn={showsStages} onChange={setShowsStages}>
            <Layers />
          </Toggle>
          <IconButton size="sm" label={t.builds.downloadLog} onClick={() => void download(build)}>
            <Download />
          </IconButton>
        </LineTools>
      </div>
      {buffer.first > 0 && (
        <p className="border-b border-line px-4 py-1 text-2xs text-ink-3">
          {t.live.logs.dropped(buffer.first)}
        </p>
      )}
      {count === 0 ? (
        <p className="flex-1 px-4 py-10 text-center text-sm text-ink-3">
          {state.ended === null && build.status !== "queued" && !isUnderWay(build)
            ? t.builds.linesComing
            : nothing(build, stage)}
        </p>
      ) : (
        <LogRows
          key={stage ?? ""}
          buffer={buffer}
          version={state.version}
          waiting={state.waiting}
          reading={reading}
          showsPods={showsStages && stage === null}
        />
      )}
      <LineFoot state={state} count={count} onAgain={onAgain} />
    </section>
  );
}

function nothing(build: Build, stage: string | null): string {
  if (build.status === "queued") return t.builds.waiting;
  if (stage !== null) return t.builds.noLinesOfStep;
  return isUnderWay(build) ? t.builds.noLines : t.builds.noLinesAtAll;
}

/** From the server, which has lines that are no longer here. */
async function download({ id }: Build): Promise<void> {
  try {
    const url = new URL(`/v1/api/builds/${encodeURIComponent(id)}/logs`, window.location.origin);
    const response = await authorisedFetch(new Request(url));
    if (!response.ok) throw await ApiError.fromResponse(response);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = `build-${id}.log`;
    link.click();
    URL.revokeObjectURL(link.href);
  } catch (error) {
    toast.failed(error);
  }
}
