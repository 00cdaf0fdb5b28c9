/** Keeps the address and what is open the same, both ways. Draws nothing, so that a new address draws nothing anew. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { type Editor, useEditor } from "../editor";
import { isSamePlace, type Place, placeOf, type Raw, withPlace } from "./address";

/** Long enough to write once what changes in one go. */
const PAUSE = 120;

export function AddressKeeper() {
  const editor = useEditor();
  const navigate = useNavigate({ from: "/workflows/$workflowId" });
  const raw: Raw = useSearch({ from: "/member/workflows/$workflowId" });
  const shown = useRef<Place>(placeOf(raw));
  // Addresses that were asked for here and have not arrived: by then more may have been opened.
  const underWay = useRef<Place[]>([]);

  useEffect(() => {
    const place = placeOf(raw);
    const asked = underWay.current.findIndex((each) => isSamePlace(each, place));
    if (asked >= 0) {
      underWay.current.splice(0, asked + 1);
      return;
    }
    // A link that was followed.
    if (isSamePlace(place, shown.current)) return;
    shown.current = place;
    openPlace(editor, place);
  }, [editor, raw]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = () => {
      const place = placeNow(editor);
      if (isSamePlace(place, shown.current)) return;
      shown.current = place;
      underWay.current.push(place);
      void navigate({ search: (old: Raw) => withPlace(old, place), replace: true });
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(write, PAUSE);
    };
    const stops = [editor.view.subscribe(soon), editor.selection.subscribe(soon)];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [editor, navigate]);
  return null;
}

function placeNow({ view, selection }: Editor): Place {
  const { drawer, watchedId, runId, nodeTab, targetId } = view.getState();
  const { nodeIds } = selection.getState();
  const [only] = nodeIds.size === 1 ? nodeIds : [];
  return placeOf({
    node: only,
    panel: drawer ?? undefined,
    of: watchedId ?? undefined,
    run: runId ?? undefined,
    show: nodeTab === "yaml" && only ? "yaml" : undefined,
    target: targetId ?? undefined,
  });
}

/** Opens what `place` names, and nothing else; what is not there any more is passed over. */
export function openPlace({ view, selection, graph }: Editor, place: Place): void {
  const isThere = (id: string | undefined) => graph.getState().graph.nodes.some((each) => each.id === id);
  view.setState((old) => ({
    targetId: place.target ?? null,
    runId: place.run ?? null,
    drawer: place.panel ?? null,
    watchedId: place.of && isThere(place.of) ? place.of : old.watchedId,
    nodeTab: place.show ?? "form",
  }));
  selection.getState().select(place.node && isThere(place.node) ? [place.node] : []);
}
