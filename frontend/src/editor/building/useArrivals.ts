/** Waits for the image that the server sets some moments after a build went well, and takes it into the picture. */
import { useEffect, useRef } from "react";
import { type BuildSummary, isUnderWay, pinned } from "@/data/builds";
import { toast } from "@/ui";
import { useEditor } from "../editor";
import { nodeName } from "../model/names";
import type { GraphNode } from "../model/types";
import { t } from "../texts";
import { followBuilt } from "./follow";
import { builtOf } from "./graph";

const EVERY = 500;
const TRIES = 20;

export function useArrivals(node: GraphNode, latest: BuildSummary | undefined): void {
  const editor = useEditor();
  const watched = useRef<string | null>(null);
  if (latest && isUnderWay(latest)) watched.current = latest.id;
  const image = latest?.status === "succeeded" && watched.current === latest.id ? pinned(latest) : "";
  const isHere = builtOf(node) === image;
  const name = nodeName(node) || t.building.unnamed;
  useEffect(() => {
    if (image === "" || isHere) return;
    let tries = 0;
    const timer = setInterval(async () => {
      tries += 1;
      if (tries >= TRIES) clearInterval(timer);
      try {
        if (!(await followBuilt(editor, node.id))) return;
        clearInterval(timer);
        toast.done(t.building.arrived(name));
      } catch {
        // The next turn asks again.
      }
    }, EVERY);
    return () => clearInterval(timer);
  }, [editor, node.id, image, isHere, name]);
}
