/** The card that leads through the tour, and the ring around what it speaks of. */

import { useNavigate } from "@tanstack/react-router";
import { Check, X } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { t } from "@/texts";
import type { StepWords } from "@/texts/en/tour";
import { Button, cn, IconButton, toast } from "@/ui";
import { next, OPTIONAL, placeOf, STEP_NAMES, type StepName } from "./names";
import { type Box, placeBeside, type Size } from "./placing";
import { tour, useTour } from "./progress";
import { addressOf, isRed, nameOf, programOf, type Situation, STEPS } from "./steps";
import { useSituation } from "./use-situation";

/** Long enough to see that it is done, in milliseconds. */
const PAUSE = 700;
const CARD = 320;
/** Over the canvas a card near its target would lie on what one draws there. */
const AT_THE_SIDE: ReadonlySet<StepName> = new Set(["connect", "green", "end"]);

export default function Guide() {
  const name = useTour((state) => state.step);
  const { now, look } = useSituation();
  const isDone = STEPS[name].isDone(now);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => tour.goTo(next(name)), PAUSE);
    return () => clearTimeout(timer);
  }, [isDone, name]);
  const words = wordsOf(name, now);
  const target = useTarget(name, now, look);
  return (
    <>
      <Announcer name={name} words={words} />
      {createPortal(
        <>
          {target && !isDone && <Ring box={target} />}
          <Card key={name} name={name} words={words} isDone={isDone} target={target} />
        </>,
        document.body,
      )}
    </>
  );
}

function wordsOf(name: StepName, now: Situation): StepWords {
  const program = nameOf(programOf(now)) || "the Deployment";
  const address = nameOf(addressOf(now));
  const words: StepWords = t.tour.steps[name](name === "port" ? address : program);
  return words.trouble && isRed(now) ? { ...words, text: words.trouble } : words;
}

/** Where the first thing to look at stands now. What a form or a list hides is brought into sight, once for each step. */
function useTarget(name: StepName, now: Situation, look: number): Box | null {
  const [box, setBox] = useState<Box | null>(null);
  const shown = useRef<Element | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `look` stands for all that can move it
  useLayoutEffect(() => {
    const element = STEPS[name]
      .anchors(now)
      .map((selector) => document.querySelector(selector))
      .find((found) => found !== null);
    if (element && element !== shown.current && !element.closest(".react-flow")) {
      shown.current = element;
      element.scrollIntoView({ block: "nearest" });
    }
    const next = element ? boxOf(element) : null;
    setBox((before) => (isSame(before, next) ? before : next));
  }, [name, look]);
  return box;
}

function boxOf(element: Element): Box | null {
  const { left, top, width, height } = element.getBoundingClientRect();
  const isSeen = left + width > 0 && top + height > 0 && left < window.innerWidth && top < window.innerHeight;
  return width > 0 && isSeen ? { left, top, width, height } : null;
}

const isSame = (a: Box | null, b: Box | null) =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.left === b.left &&
    a.top === b.top &&
    a.width === b.width &&
    a.height === b.height);

/** What a screen reader says when a step begins; a dialog that hides the page leaves it audible. */
function Announcer({ name, words }: { name: StepName; words: StepWords }) {
  const text = words.keys ? `${words.text} ${t.tour.byKeyboard} ${words.keys}` : words.text;
  return (
    <p aria-live="polite" className="sr-only">
      {t.tour.announce(placeOf(name), STEP_NAMES.length, words.title, text)}
    </p>
  );
}

const ROOM = 5;

function Ring({ box }: { box: Box }) {
  return (
    <div
      aria-hidden
      className="pointer-events-none fixed z-[60] animate-beacon rounded-lg border-2 border-accent"
      style={{
        left: box.left - ROOM,
        top: box.top - ROOM,
        width: box.width + 2 * ROOM,
        height: box.height + 2 * ROOM,
      }}
    />
  );
}

/** The lower right corner beside the forms, over what lies open below the canvas: the picture stays free. */
function inCorner(card: Size, room: Size): { left: number; top: number } {
  const canvas = document.querySelector('[data-testid="canvas"]')?.getBoundingClientRect();
  const right = canvas?.right ?? room.width;
  return { left: Math.max(12, right - card.width - 16), top: Math.max(12, room.height - card.height - 24) };
}

interface CardProps {
  name: StepName;
  words: StepWords;
  isDone: boolean;
  target: Box | null;
}

function Card({ name, words, isDone, target }: CardProps) {
  const card = useRef<HTMLElement>(null);
  const [height, setHeight] = useState(190);
  useLayoutEffect(() => {
    const measured = card.current?.offsetHeight ?? 0;
    if (measured > 0 && measured !== height) setHeight(measured);
  });
  const size = { width: CARD, height };
  const room = { width: window.innerWidth, height: window.innerHeight };
  const place = target && !AT_THE_SIDE.has(name) ? placeBeside(target, size, room) : null;
  const step = placeOf(name);
  return (
    <section
      ref={card}
      aria-label={t.tour.label}
      data-testid="tour"
      data-step={name}
      className={cn(
        "fixed z-[60] animate-rise-in rounded-xl border border-line bg-raised p-4 shadow-lg transition-[left,top] duration-200 motion-reduce:transition-none",
      )}
      style={{ width: CARD, ...(place ?? inCorner(size, room)) }}
    >
      <div className="flex items-center gap-2">
        <p className="flex-1 text-2xs font-medium text-ink-3 tabular-nums">
          {t.tour.progress(step, STEP_NAMES.length)}
        </p>
        <IconButton
          size="sm"
          label={t.tour.leave}
          hideTooltip
          title={t.tour.leave}
          className="-mt-1.5 -mr-1.5"
          onClick={() => {
            if (name === "end") tour.finish();
            else {
              tour.pause();
              toast.note(t.tour.left);
            }
          }}
        >
          <X />
        </IconButton>
      </div>
      <div aria-hidden className="mt-1 h-1 overflow-hidden rounded-full bg-sunken">
        <div
          className="h-full rounded-full bg-accent transition-[width] duration-300"
          style={{ width: `${(step / STEP_NAMES.length) * 100}%` }}
        />
      </div>
      <h2 className="mt-3 flex items-center gap-1.5 text-base font-semibold">
        {(isDone || name === "end") && (
          <Check aria-label={t.tour.done} className="size-4 shrink-0 text-ok" strokeWidth={3} />
        )}
        {words.title}
      </h2>
      <p className="mt-1 text-sm text-pretty text-ink-2">{words.text}</p>
      {words.keys && (
        <p className="mt-2 text-xs text-pretty text-ink-3">
          <span className="font-medium">{t.tour.byKeyboard}</span> {words.keys}
        </p>
      )}
      {OPTIONAL.has(name) && (
        <Button size="sm" className="mt-3" onClick={() => tour.goTo("end")}>
          {t.tour.skipPractice}
        </Button>
      )}
      {name === "end" && <End />}
    </section>
  );
}

function End() {
  const navigate = useNavigate();
  return (
    <div className="mt-3 flex gap-2">
      <Button size="sm" variant="primary" onClick={tour.finish}>
        {t.tour.finish}
      </Button>
      <Button
        size="sm"
        onClick={() => {
          tour.finish();
          void navigate({ to: "/templates" });
        }}
      >
        {t.tour.templates}
      </Button>
    </div>
  );
}
