/** The tour's two places in the editor: the card while it is under way, and the offer to a person who is new. */

import { lazy, Suspense, useEffect, useState } from "react";
import { useEditor, useGraph, useLive } from "@/editor/editor";
import { t } from "@/texts";
import { Button } from "@/ui";
import { tour, useTour } from "./progress";
import { useStartTour } from "./use-start";

const Guide = lazy(() => import("./guide"));

export function TourGuide() {
  const { workflow } = useEditor();
  const isHere = useTour((state) => state.stage === "active" && state.workflowId === workflow.id);
  if (!isHere) return null;
  return (
    <Suspense fallback={null}>
      <Guide />
    </Suspense>
  );
}

/** Once: whoever goes on alone, or begins to draw, is left in peace. */
export function TourOffer() {
  const { workflow, graph } = useEditor();
  const [isShown, setShown] = useState(() => useTour.getState().stage === "new");
  const stage = useTour((state) => state.stage);
  const hasEdits = useGraph((state) => state.history.past.length > 0);
  const hasRun = useLive((state) => state.run !== null);
  const { start, isBusy } = useStartTour();
  useEffect(() => tour.noteOffered(), []);
  if (!isShown || hasEdits || hasRun || stage === "active" || workflow.role === "viewer") return null;
  const begin = () => {
    // An empty canvas of one's own is the right place; anything else is left as it is.
    if (workflow.role === "owner" && graph.getState().graph.nodes.length === 0) tour.start(workflow.id);
    else void start();
  };
  return (
    <aside
      aria-label={t.tour.label}
      data-testid="tour-offer"
      className="absolute right-4 bottom-6 z-10 w-72 animate-rise-in rounded-xl border border-line bg-raised p-4 shadow-md"
    >
      <h2 className="text-sm font-semibold">{t.tour.offerTitle}</h2>
      <p className="mt-1 text-xs text-pretty text-ink-2">{t.tour.offerText}</p>
      <div className="mt-3 flex gap-2">
        <Button size="sm" variant="primary" isBusy={isBusy} onClick={begin}>
          {t.tour.show}
        </Button>
        <Button size="sm" variant="ghost" onClick={() => setShown(false)}>
          {t.tour.notNow}
        </Button>
      </div>
    </aside>
  );
}
