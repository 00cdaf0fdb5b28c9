import { useEffect, useState } from "react";
import { Button, toast } from "@/ui";
import { useEditor } from "../editor";
import type { Draft } from "../saving/drafts";
import { isNews, summaryOf } from "../saving/summary";
import { t } from "../texts";

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Edits that earlier visits could not save, one visit after the other: offered, never put back without asking. */
export function DraftOffer() {
  const { drafts, autosave, workflow } = useEditor();
  const [lost, setLost] = useState<readonly Draft[]>([]);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    let isOver = false;
    void drafts.lost().then((found) => {
      if (isOver) return;
      setLost(found.filter((draft) => isNews(draft, workflow)));
      for (const draft of found) if (!isNews(draft, workflow)) void drafts.drop(draft.id);
    });
    return () => {
      isOver = true;
    };
  }, [drafts, workflow]);
  const [draft, ...rest] = lost;
  if (!draft) return null;
  const restore = async () => {
    setBusy(true);
    try {
      if (await autosave.restore(draft)) setLost(rest);
      else toast.note(t.draft.waits);
    } catch (error) {
      toast.failed(error);
    }
    setBusy(false);
  };
  const discard = () => {
    void drafts.drop(draft.id);
    setLost(rest);
    toast.undoable(t.draft.discarded, () => {
      void drafts.putBack(draft);
      setLost((others) => [draft, ...others]);
    });
  };
  return (
    <div
      role="status"
      data-testid="draft-offer"
      className="absolute top-3 left-1/2 z-20 flex w-max max-w-[min(92%,44rem)] -translate-x-1/2 animate-rise-in items-center gap-3 rounded-lg border border-line bg-raised py-2 pr-2 pl-3.5 text-sm shadow-lg"
    >
      <div className="min-w-0">
        <p>{t.draft.text(TIME.format(draft.at))}</p>
        <p className="text-xs text-ink-3">
          {t.draft.summary(summaryOf(draft.base, draft.graph))}{" "}
          {draft.untold.length > 0 && t.draft.secrets(draft.untold.join(", "))}
        </p>
      </div>
      <Button size="sm" variant="primary" isBusy={isBusy} onClick={() => void restore()}>
        {t.draft.restore}
      </Button>
      <Button size="sm" variant="ghost" disabled={isBusy} onClick={discard}>
        {t.draft.discard}
      </Button>
    </div>
  );
}
