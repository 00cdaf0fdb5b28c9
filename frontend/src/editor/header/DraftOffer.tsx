import { useState } from "react";
import { Button } from "@/ui";
import { useEditor } from "../editor";
import type { Draft } from "../saving/drafts";
import { t } from "../texts";

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Edits that an earlier visit could not save: offered, never put back without asking. */
export function DraftOffer({ draft }: { draft: Draft | null }) {
  const { drafts, graph, autosave } = useEditor();
  const [isOpen, setOpen] = useState(draft !== null);
  if (!isOpen || !draft) return null;
  const restore = () => {
    graph.getState().edit(() => draft.graph);
    setOpen(false);
  };
  const discard = () => {
    drafts.clear();
    setOpen(false);
  };
  return (
    <div
      role="status"
      data-testid="draft-offer"
      className="absolute top-3 left-1/2 z-20 flex max-w-[90%] -translate-x-1/2 animate-rise-in items-center gap-3 rounded-lg border border-line bg-raised py-2 pr-2 pl-3.5 text-sm shadow-lg"
    >
      <div className="min-w-0">
        <p>
          {t.draft.text(TIME.format(draft.at))} {draft.etag !== autosave.etag && t.draft.stale}
        </p>
        {draft.graph.nodes.some((node) => node.type === "secret") && (
          <p className="text-xs text-ink-3">{t.draft.secrets}</p>
        )}
      </div>
      <Button size="sm" variant="primary" onClick={restore}>
        {t.draft.restore}
      </Button>
      <Button size="sm" variant="ghost" onClick={discard}>
        {t.draft.discard}
      </Button>
    </div>
  );
}
