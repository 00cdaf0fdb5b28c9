import { Check, CircleAlert, CloudOff, RotateCw } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button, cn, Spinner, Tooltip } from "@/ui";
import { useEditor, useSaving } from "../editor";
import type { SaveState } from "../stores/saving";
import { t } from "../texts";
import { ConflictDialog } from "./ConflictDialog";

const ICONS: Record<SaveState, ReactNode> = {
  saved: <Check />,
  unsaved: <span className="m-1 size-1.5 rounded-full bg-warn" />,
  saving: <Spinner />,
  offline: <CloudOff />,
  conflict: <CircleAlert />,
  refused: <CircleAlert />,
};

/** Whether the picture is on the server, always in sight. */
export function SaveMark() {
  const { autosave } = useEditor();
  const state = useSaving((each) => each.state);
  const reason = useSaving((each) => each.reason);
  const [isDeciding, setDeciding] = useState(true);
  if (state !== "conflict" && !isDeciding) setDeciding(true);
  const isTrouble = state === "offline" || state === "conflict" || state === "refused";
  const mark = (
    <span
      role="status"
      data-testid="save-state"
      data-state={state}
      className={cn(
        "flex items-center gap-1.5 whitespace-nowrap rounded-md px-1.5 text-xs text-ink-3 [&_svg]:size-3.5",
        state === "offline" && "text-warn-ink",
        (state === "conflict" || state === "refused") && "text-bad-ink",
      )}
    >
      {ICONS[state]}
      <span className={cn(!isTrouble && "max-md:sr-only")}>{t.save[state]}</span>
    </span>
  );
  return (
    <>
      {isTrouble ? (
        <Tooltip side="bottom" label={`${reason} ${state === "offline" ? t.save.offlineHint : ""}`.trim()}>
          <span className="flex items-center">
            {mark}
            {state === "conflict" ? (
              <Button size="sm" variant="ghost" onClick={() => setDeciding(true)}>
                {t.conflict.decide}
              </Button>
            ) : (
              <Button
                size="sm"
                variant="ghost"
                aria-label={t.save.retry}
                className="px-1"
                onClick={() => void autosave.flush()}
              >
                <RotateCw />
              </Button>
            )}
          </span>
        </Tooltip>
      ) : (
        mark
      )}
      <ConflictDialog isOpen={state === "conflict" && isDeciding} onClose={() => setDeciding(false)} />
    </>
  );
}
