/** What the pages of workflows read and change. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { t } from "@/texts";
import { toast } from "@/ui";

export type WorkflowItem = Schemas["WorkflowItemOut"];
export type WorkflowStatus = WorkflowItem["status"];
type WorkflowList = Schemas["WorkflowListOut"];

export const PAGE_SIZE = 20;
export const workflowsKey = ["workflows"] as const;

interface ListInput {
  q?: string | undefined;
  status?: WorkflowStatus | undefined;
  sort?: "updated" | "created" | "name" | undefined;
  page?: number | undefined;
  limit?: number;
}

const SORTS = {
  updated: { sort: "updated_at", order: "desc" },
  created: { sort: "created_at", order: "desc" },
  name: { sort: "name", order: "asc" },
} as const;

export function workflowsQuery({ q, status, sort = "updated", page = 1, limit = PAGE_SIZE }: ListInput) {
  return queryOptions({
    queryKey: [...workflowsKey, "list", { q, status, sort, page, limit }],
    queryFn: ({ signal }): Promise<WorkflowList> => {
      const query = {
        fields: "summary" as const,
        ...SORTS[sort],
        page: String(page),
        limit: String(limit),
        ...(q ? { search: q } : {}),
        ...(status ? { status } : {}),
      };
      return call(api.GET("/v1/api/workflows/", { params: { query }, signal }));
    },
    // The rows stay while another page or search is on its way.
    placeholderData: keepPreviousData,
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: workflowsKey });
}

export function useCreateWorkflow() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: Schemas["WorkflowCreateInRequest"]) => call(api.POST("/v1/api/workflows/", { body })),
    onSuccess: refresh,
  });
}

export function useEditWorkflow() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string } & Schemas["WorkflowInRequest"]) =>
      call(api.PUT("/v1/api/workflows/{id}/", { params: { path: { id } }, body })),
    onSuccess: refresh,
  });
}

export function useCloneWorkflow() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      call(api.POST("/v1/api/workflows/{id}/clone/", { params: { path: { id } }, body: { name } })),
    onSuccess: (copy) => {
      toast.done(t.workflows.cloned(copy.name));
      return refresh();
    },
    onError: toast.failed,
  });
}

/** Takes a row out of every list at once; returns how to bring it back. */
function useRemoveFromLists() {
  const client = useQueryClient();
  return async (id: string) => {
    await client.cancelQueries({ queryKey: workflowsKey });
    const before = client.getQueriesData<WorkflowList>({ queryKey: [...workflowsKey, "list"] });
    client.setQueriesData<WorkflowList>({ queryKey: [...workflowsKey, "list"] }, (list) => {
      if (!list?.workflows.some((workflow) => workflow.id === id)) return list;
      return {
        ...list,
        total: list.total - 1,
        workflows: list.workflows.filter((workflow) => workflow.id !== id),
      };
    });
    return () => {
      for (const [key, data] of before) client.setQueryData(key, data);
    };
  };
}

export function useDeleteWorkflow() {
  const refresh = useRefresh();
  const remove = useRemoveFromLists();
  const undelete = useMutation({
    mutationFn: ({ id }: WorkflowItem) =>
      call(api.POST("/v1/api/workflows/{id}/undelete/", { params: { path: { id } } })),
    onSuccess: (_, { name }) => toast.done(t.workflows.restored(name)),
    onError: toast.failed,
    onSettled: refresh,
  });
  return useMutation({
    mutationFn: ({ workflow, cleanup }: { workflow: WorkflowItem; cleanup: boolean }) =>
      call(
        api.DELETE("/v1/api/workflows/{id}/", {
          params: { path: { id: workflow.id }, query: cleanup ? { cleanup } : {} },
        }),
      ),
    onMutate: ({ workflow }) => remove(workflow.id),
    onSuccess: (_, { workflow }) =>
      toast.undoable(t.workflows.deleted(workflow.name), () => undelete.mutate(workflow)),
    onError: (error, _, putBack) => {
      putBack?.();
      toast.failed(error);
    },
    onSettled: refresh,
  });
}

export function useSetStatus() {
  const refresh = useRefresh();
  const set = useMutation({
    mutationFn: ({ workflow, status }: { workflow: WorkflowItem; status: WorkflowStatus }) =>
      call(
        api.PUT("/v1/api/workflows/{id}/status/", {
          params: { path: { id: workflow.id } },
          body: { status },
        }),
      ),
    onSuccess: (_, { workflow, status }) => {
      if (status === "archived") {
        const undo = () => set.mutate({ workflow: { ...workflow, status }, status: workflow.status });
        toast.undoable(t.workflows.archived(workflow.name), undo);
      } else if (workflow.status === "archived") {
        toast.done(t.workflows.unarchived(workflow.name));
      }
      return refresh();
    },
    onError: toast.failed,
  });
  return set;
}
