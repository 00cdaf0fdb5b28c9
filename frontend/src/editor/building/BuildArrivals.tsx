/**
 * Images that the server sets while the picture is open, whoever asked for the build: they are taken into it, so that the
 * next save is not refused for them. Draws nothing.
 */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { type BuildSummary, buildsQuery, isUnderWay, pinned } from "@/data/builds";
import { toast } from "@/ui";
import { useEditor, useGraph } from "../editor";
import { nodeName } from "../model/names";
import type { GraphNode } from "../model/types";
import { t } from "../texts";
import { followBuilt } from "./follow";
import { BUILD, builtOf } from "./graph";

const SEEN = 20;
const OFTEN = 1_000;
/** A push to the repository may begin one at any time. */
const SELDOM = 20_000;
/** From the end of a build until its image is set. */
const EVERY = 500;
const TRIES = 20;

export function BuildArrivals() {
  const nodes = useGraph((state) => state.graph.nodes);
  const builds = useMemo(() => nodes.filter((node) => node.type === BUILD), [nodes]);
  return builds.length > 0 && <Arrivals builds={builds} />;
}

function Arrivals({ builds }: { builds: readonly GraphNode[] }) {
  const { workflow } = useEditor();
  const found = useQuery({
    ...buildsQuery({ workflow: workflow.id, limit: SEEN }),
    refetchInterval: ({ state }) => (state.data?.builds.some(isUnderWay) ? OFTEN : SELDOM),
  }).data?.builds;
  if (!found) return null;
  return builds.map((node) => (
    <Arrival key={node.id} node={node} latest={found.find((build) => build.node_id === node.id)} />
  ));
}

function Arrival({ node, latest }: { node: GraphNode; latest: BuildSummary | undefined }) {
  const editor = useEditor();
  // What had ended before is in the picture already, or was taken out of it.
  const known = useRef(latest && !isUnderWay(latest) ? latest.id : "");
  const image = latest?.status === "succeeded" && latest.id !== known.current ? pinned(latest) : "";
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
        // What runs stays as it is until one says so.
        const run = () => editor.view.setState({ isRunOpen: true, isPlanOnly: false });
        const mayRun = editor.workflow.role !== "viewer";
        toast.done(
          t.building.arrived(name),
          mayRun ? { action: { label: t.building.runIt, onPress: run } } : {},
        );
      } catch {
        // The next turn asks again.
      }
    }, EVERY);
    return () => clearInterval(timer);
  }, [editor, node.id, image, isHere, name]);
  return null;
}
