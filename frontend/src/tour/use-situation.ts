/** What the tour sees of the editor: looked at again whenever a store or the page changes, at most once a frame. */

import { useEffect, useState } from "react";
import { type Editor, useEditor } from "@/editor/editor";
import type { Situation } from "./steps";

/** Counts looks; where things stand on the page changes without any store, so the page is watched too. */
export function useSituation(): { now: Situation; look: number } {
  const editor = useEditor();
  const [look, setLook] = useState(0);
  useEffect(() => {
    let frame = 0;
    const again = () => {
      if (frame === 0)
        frame = requestAnimationFrame(() => {
          frame = 0;
          setLook((before) => before + 1);
        });
    };
    const stops = [editor.graph, editor.selection, editor.saving, editor.live, editor.view].map((store) =>
      store.subscribe(again),
    );
    const page = new MutationObserver(again);
    page.observe(document.body, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ["style", "class", "disabled"],
    });
    const events = ["resize", "focusin", "focusout", "scroll"] as const;
    for (const event of events) window.addEventListener(event, again, true);
    return () => {
      cancelAnimationFrame(frame);
      for (const stop of stops) stop();
      page.disconnect();
      for (const event of events) window.removeEventListener(event, again, true);
    };
  }, [editor]);
  return { now: situationOf(editor), look };
}

function situationOf({ graph, selection, saving, live, view }: Editor): Situation {
  const { problems, state } = saving.getState();
  const { run, nodes } = live.getState();
  const { isRunOpen, drawer } = view.getState();
  return {
    graph: graph.getState().graph,
    selected: selection.getState().nodeIds,
    errors: problems.errors,
    isSaved: state === "saved",
    isRunOpen,
    hasPlan: isRunOpen && document.querySelector('[data-testid="plan"]') !== null,
    drawer,
    run,
    nodes,
    isTyping: document.activeElement?.closest('[data-testid="node-form"]') != null,
  };
}
