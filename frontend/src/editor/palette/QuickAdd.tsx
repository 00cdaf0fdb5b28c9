/** The list of types at the place where a line was let go, or where the menu was opened. */

import { useEffect, useRef } from "react";
import { useCanvas } from "../canvas/useCanvas";
import { useEditor, useView } from "../editor";
import type { Wish } from "../stores/view";
import { t } from "../texts";
import { TypeList } from "./TypeList";

const WIDTH = 280;
const HEIGHT = 340;

export function QuickAdd() {
  const wish = useView((state) => state.wish);
  return wish ? <QuickAddAt wish={wish} /> : null;
}

function QuickAddAt({ wish }: { wish: Wish }) {
  const { commands, graph, rules, view } = useEditor();
  const canvas = useCanvas();
  useView((state) => state.knownTypes);
  const panel = useRef<HTMLDivElement>(null);
  const close = () => view.setState({ wish: null });

  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (!panel.current?.contains(event.target as Node)) view.setState({ wish: null });
    };
    window.addEventListener("pointerdown", outside, true);
    return () => window.removeEventListener("pointerdown", outside, true);
  }, [view]);

  const from = wish.from && graph.getState().graph.nodes.find((node) => node.id === wish.from?.nodeId);
  const pull = from && wish.from ? { nodeId: from.id, type: from.type, end: wish.from.end } : null;
  const templates = pull ? rules.partners(pull.type, pull.end) : [...rules.templates.values()];
  if (pull && templates.length === 0) return null;
  const at = wish.screen ?? { x: window.innerWidth / 2 - WIDTH / 2, y: 140 };
  return (
    <div
      ref={panel}
      role="dialog"
      aria-label={t.palette.title}
      data-testid="quick-add"
      className="fixed z-40 flex animate-pop-in flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-lg"
      style={{
        width: WIDTH,
        maxHeight: HEIGHT,
        left: Math.min(at.x, window.innerWidth - WIDTH - 12),
        top: Math.min(at.y, window.innerHeight - HEIGHT - 12),
      }}
    >
      {pull && (
        <p className="shrink-0 truncate px-3 pt-2.5 text-xs text-ink-3">
          {pull.end === "source"
            ? t.palette.connectTo(commands.nameOf(pull.nodeId))
            : t.palette.connectFrom(commands.nameOf(pull.nodeId))}
        </p>
      )}
      <TypeList
        templates={templates}
        {...(pull && {
          noteOf: (template) => rules.pull(pull.type, template.type, pull.end)?.connection.title ?? "",
        })}
        autoFocus
        className="flex-1"
        onEscape={close}
        onChoose={(template) => {
          if (pull) commands.addConnected(template, pull, wish.at);
          else commands.add(template, wish.at ?? canvas.centre(), true);
          close();
        }}
      />
    </div>
  );
}
