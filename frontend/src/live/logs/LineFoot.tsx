/** Below the lines: whether more may come, and how many there are. */
import { RotateCw } from "lucide-react";
import { t } from "@/texts";
import { Button, Notice, StatusLabel } from "@/ui";
import type { LinesState } from "./lines";

const words = t.live.logs;

interface FootProps {
  state: LinesState;
  count: number;
  onAgain: () => void;
}

export function LineFoot({ state, count, onAgain }: FootProps) {
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
