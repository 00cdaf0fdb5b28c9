/** Graphs to start from: read, used, kept and shared. */
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { t } from "@/texts";
import { toast } from "@/ui";
import { workflowsKey } from "./workflows";

export type Stack = Schemas["StackOut"];
export type Parameter = Stack["parameters"][number];

const templatesKey = ["templates"] as const;
const AT_ONCE = 100;

function isStack(template: Schemas["Template"]): template is Stack {
  return template.what === "stack";
}

/** All of them: they are few, and the page filters as one types. */
export const stacksQuery = queryOptions({
  queryKey: [...templatesKey, "stacks"],
  queryFn: async ({ signal }): Promise<Stack[]> => {
    const found: Stack[] = [];
    for (let page = 1; ; page += 1) {
      const query = { what: "stack" as const, page: String(page), limit: String(AT_ONCE) };
      const answer = await call(api.GET("/v1/api/templates/", { params: { query }, signal }));
      found.push(...answer.templates.filter(isStack));
      if (answer.templates.length < AT_ONCE) return found;
    }
  },
});

const kindsQuery = queryOptions({
  queryKey: [...templatesKey, "kinds"],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async ({ signal }): Promise<ReadonlyMap<string, string>> => {
    const names = new Map<string, string>();
    for (let page = 1; ; page += 1) {
      const query = { what: "node_type" as const, page: String(page), limit: String(AT_ONCE) };
      const answer = await call(api.GET("/v1/api/templates/", { params: { query }, signal }));
      for (const each of answer.templates) names.set(each.id, each.display_name);
      if (answer.templates.length < AT_ONCE) return names;
    }
  },
});

/** What a node type is called by people; its own name until that is known. */
export function useKindName(): (type: string) => string {
  const names = useQuery(kindsQuery).data;
  return (type) => names?.get(type) ?? type;
}

export function stackQuery(id: string) {
  return queryOptions({
    queryKey: [...templatesKey, "one", id],
    queryFn: async ({ signal }): Promise<Stack> => {
      const template = await call(api.GET("/v1/api/templates/{id}/", { params: { path: { id } }, signal }));
      if (!isStack(template)) throw new Error(t.templates.isNodeType);
      return template;
    },
  });
}

export function useInstantiate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string } & Schemas["InstantiateInRequest"]) =>
      call(api.POST("/v1/api/templates/{id}/instantiate/", { params: { path: { id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: workflowsKey }),
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: templatesKey });
}

export function useKeepTemplate() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: Schemas["TemplateKeepInRequest"]) => call(api.POST("/v1/api/templates/", { body })),
    onSuccess: refresh,
  });
}

export function useShareTemplate() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, is_shared }: Pick<Stack, "id" | "is_shared">) =>
      call(api.PUT("/v1/api/templates/{id}/", { params: { path: { id } }, body: { is_shared } })),
    onSuccess: (stack) => {
      toast.done(stack.is_shared ? t.templates.shared : t.templates.unshared);
      return refresh();
    },
    onError: toast.failed,
  });
}

export function useRemoveTemplate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(api.DELETE("/v1/api/templates/{id}/", { params: { path: { id } } })),
    // The list alone: its own page is still open and would ask for what is gone.
    onSuccess: () => client.invalidateQueries({ queryKey: stacksQuery.queryKey }),
    onError: toast.failed,
  });
}
