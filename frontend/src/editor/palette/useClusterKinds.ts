/** The kinds that only the workflow's cluster knows: asked for beside the editor, which never waits for a cluster. */

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { getClusterKinds, getClusters } from "../api/calls";
import { useEditor } from "../editor";
import { useTargets } from "../operate/targets";

/** The category of all of them, as the server names it. */
export const CLUSTER_KINDS = "cluster-kinds";

export interface ClusterKinds {
  /** What a person calls it; null while the workflow has no place to run at. */
  cluster: string | null;
  is: "asking" | "known" | "failed";
  error: unknown;
  again: () => void;
}

const FRESH_MS = 120_000;

export function useClusterKinds(): ClusterKinds {
  const { flow, rules, view, workflow } = useEditor();
  const { current } = useTargets();
  const clusters = useQuery({ queryKey: ["editor", "clusters"], queryFn: getClusters });
  const all = clusters.data ?? [];
  const wanted = current?.cluster ?? workflow.cluster;
  const place =
    all.find((each) => each.name === wanted || each.id === wanted) ?? all.find((each) => each.is_default);
  const name = place?.name ?? null;
  const kinds = useQuery({
    queryKey: ["editor", "kinds", name],
    queryFn: ({ signal }) => getClusterKinds(name ?? "", signal),
    enabled: name !== null,
    staleTime: FRESH_MS,
    // The cluster was given its time already; whoever wants to ask again does.
    retry: false,
    refetchOnWindowFocus: false,
  });
  useEffect(() => {
    if (!rules.learnKinds(kinds.data ?? [])) return;
    flow.getState().redraw();
    view.setState(({ knownTypes }) => ({ knownTypes: knownTypes + 1 }));
  }, [rules, flow, view, kinds.data]);
  return {
    cluster: place ? place.display_name || place.name : null,
    is: kinds.data ? "known" : kinds.isError ? "failed" : "asking",
    error: kinds.error,
    again: () => void kinds.refetch(),
  };
}
