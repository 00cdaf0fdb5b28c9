/** Begins the tour in a workflow of its own, or takes it up where it was left. */

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, call } from "@/api";
import { isApiError } from "@/api/errors";
import { clustersQuery } from "@/data/clusters";
import { useCreateWorkflow } from "@/data/workflows";
import { t } from "@/texts";
import { toast } from "@/ui";
import { isUnderWay, tour, useTour } from "./progress";

const NAMESPACE = "first-steps";

export function useStartTour() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = useCreateWorkflow();
  const [isBusy, setBusy] = useState(false);

  const open = (workflowId: string) =>
    navigate({ to: "/workflows/$workflowId", params: { workflowId }, search: {} });

  async function begin(): Promise<void> {
    const { clusters } = await client.fetchQuery(clustersQuery({ limit: 100 }));
    const practice = clusters.find((cluster) => cluster.access === "practice");
    const workflow = await create.mutateAsync({
      name: t.tour.workflow,
      description: t.tour.description,
      namespace: NAMESPACE,
      cluster: practice?.name ?? null,
    });
    tour.start(workflow.id);
    if (!practice) toast.note(t.tour.noCluster);
    await open(workflow.id);
  }

  /** False when its workflow is gone. */
  async function takeUp(): Promise<boolean> {
    const { workflowId } = useTour.getState();
    if (!workflowId) return false;
    try {
      await call(api.GET("/v1/api/workflows/{id}/", { params: { path: { id: workflowId } } }));
    } catch (error) {
      if (isApiError(error) && error.isMissing) return false;
      throw error;
    }
    tour.resume();
    await open(workflowId);
    return true;
  }

  const carefully = (action: () => Promise<unknown>) => async () => {
    setBusy(true);
    try {
      await action();
    } catch (error) {
      toast.failed(error);
    } finally {
      setBusy(false);
    }
  };

  return {
    isBusy,
    /** From the first step, on an empty canvas. */
    startOver: carefully(begin),
    /** Where it was left, if it was begun and its workflow is still there. */
    start: carefully(async () => {
      if (!isUnderWay(useTour.getState()) || !(await takeUp())) await begin();
    }),
  };
}
