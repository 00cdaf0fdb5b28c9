/** The ways to the tour outside of the editor: the first of the ways to start, and what the menus offer. */

import { Compass, RotateCcw } from "lucide-react";
import { t } from "@/texts";
import { Button, type MenuAction } from "@/ui";
import { placeOf, STEP_NAMES } from "./names";
import { isUnderWay, type Progress, tour, useTour } from "./progress";
import { useStartTour } from "./use-start";

/** One row among the ways to start, for who sees no banner. */
export function TourWay() {
  const isHidden = useTour((state) => state.stage === "done" || hasBanner(state));
  const { start, isBusy } = useStartTour();
  if (isHidden) return null;
  return (
    <button
      type="button"
      disabled={isBusy}
      data-testid="tour-start"
      className="flex w-full items-center gap-3 rounded-t-lg px-4 py-3 text-left hover:bg-hover [&_svg]:size-4 [&_svg]:text-accent-ink"
      onClick={() => void start()}
    >
      <Compass aria-hidden />
      <span>
        <span className="block text-sm font-medium">{t.tour.show}</span>
        <span className="block text-xs text-ink-3">{t.tour.startText}</span>
      </span>
    </button>
  );
}

const hasBanner = (state: Progress) => state.stage === "new" || isUnderWay(state);

/** At the top of the page where a new person lands; gone for who has seen or declined it. */
export function TourBanner() {
  const isShown = useTour(hasBanner);
  const isOn = useTour(isUnderWay);
  const step = useTour((state) => state.step);
  const { start, isBusy } = useStartTour();
  if (!isShown) return null;
  return (
    <aside
      aria-label={t.tour.label}
      data-testid="tour-banner"
      className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border border-line bg-accent-soft px-4 py-2.5"
    >
      <Compass aria-hidden className="size-4 shrink-0 text-accent-ink" />
      <p className="min-w-0 flex-1 text-sm text-pretty">
        <span className="font-medium">{isOn ? t.tour.workflow : t.tour.offerTitle}</span>{" "}
        <span className="text-ink-2">
          {isOn ? t.tour.goOnText(placeOf(step), STEP_NAMES.length) : t.tour.offerText}
        </span>
      </p>
      <Button size="sm" variant="primary" isBusy={isBusy} onClick={() => void start()}>
        {isOn ? t.tour.goOn : t.tour.show}
      </Button>
      <Button size="sm" variant="ghost" onClick={isOn ? tour.finish : tour.noteOffered}>
        {isOn ? t.tour.end : t.tour.notNow}
      </Button>
    </aside>
  );
}

export function useTourMenu(): MenuAction[] {
  const isOn = useTour(isUnderWay);
  const { start, startOver } = useStartTour();
  const first: MenuAction = {
    id: "tour",
    label: isOn ? t.tour.goOn : t.tour.show,
    icon: <Compass />,
    onSelect: () => void start(),
  };
  if (!isOn) return [first];
  return [
    first,
    { id: "tour-over", label: t.tour.startOver, icon: <RotateCcw />, onSelect: () => void startOver() },
  ];
}
