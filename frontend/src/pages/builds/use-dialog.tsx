import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type Build, pinned } from "@/data/builds";
import { workflowsKey, workflowsQuery } from "@/data/workflows";
import { getWorkflow, saveGraph } from "@/editor/api/calls";
import { t } from "@/texts";
import { ErrorState, Field, FormDialog, Notice, Select, Skeleton, toast } from "@/ui";
import { labelOf, placesOf, withImage } from "./placing";

const words = t.builds.use;
const NEW = "*";

/** The image of a build, put into a workflow by its digest; it is opened there, and run from there. */
export function UseDialog({ build, onClose }: { build: Build; onClose: () => void }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [workflowId, setWorkflowId] = useState(build.workflow_id ?? "");
  const [chosen, setChosen] = useState<string | null>(null);
  const list = useQuery(workflowsQuery({ limit: 100 }));
  const workflow = useQuery({
    queryKey: [...workflowsKey, "graph", workflowId],
    queryFn: async () => (await getWorkflow(workflowId)).data,
    enabled: workflowId !== "",
    gcTime: 0,
  });
  const places = workflow.data ? placesOf(workflow.data) : [];
  const node = chosen ?? places[0]?.id ?? NEW;
  const use = useMutation({
    mutationFn: async () => {
      // As it is now: somebody may have drawn meanwhile.
      const { data, etag } = await getWorkflow(workflowId);
      const graph = { nodes: data.nodes, edges: data.edges };
      const placed = withImage(graph, node === NEW ? null : node, pinned(build));
      await saveGraph(workflowId, placed.graph, etag);
      return placed;
    },
    onSuccess: async ({ graph, nodeId }) => {
      const one = graph.nodes.find((each) => each.id === nodeId);
      toast.done(words.done(one ? labelOf(one) : nodeId));
      await client.invalidateQueries({ queryKey: workflowsKey });
      await navigate({ to: "/workflows/$workflowId", params: { workflowId }, search: { node: nodeId } });
    },
  });
  const mine = (list.data?.workflows ?? []).filter(
    (each) => each.role !== "viewer" && each.status !== "archived",
  );
  return (
    <FormDialog
      id="use-image"
      title={words.title}
      description={words.text}
      action={words.confirm}
      isBusy={use.isPending}
      onClose={onClose}
      onSubmit={async (event) => {
        event.preventDefault();
        if (workflow.data) use.mutate();
      }}
      problem={use.error?.message ?? null}
    >
      {list.isPending ? (
        <Skeleton className="h-8" />
      ) : list.isError ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} className="py-4" />
      ) : mine.length === 0 ? (
        <Notice tone="info">{words.noWorkflow}</Notice>
      ) : (
        <>
          <Field label={words.workflow} error={workflow.error?.message}>
            <Select
              value={workflowId || undefined}
              placeholder={words.chooseWorkflow}
              onValueChange={(next) => {
                setWorkflowId(next);
                setChosen(null);
              }}
              options={mine.map((each) => ({ value: each.id, label: each.name }))}
            />
          </Field>
          {workflow.data && (
            <Field label={words.node}>
              <Select
                value={node}
                onValueChange={setChosen}
                options={[
                  ...places.map((place) => ({
                    value: place.id,
                    label: labelOf(place),
                    note: place.data.image ? words.runs(String(place.data.image)) : words.withoutImage,
                  })),
                  { value: NEW, label: words.newNode },
                ]}
              />
            </Field>
          )}
        </>
      )}
    </FormDialog>
  );
}
