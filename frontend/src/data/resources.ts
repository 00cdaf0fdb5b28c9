/** What pages read of the objects in clusters, and what they change. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { t } from "@/texts";
import { toast } from "@/ui";

export type Resource = Schemas["ResourceOut"];
export type ResourceDetail = Schemas["ResourceDetailOut"];
export type TreeItem = Schemas["TreeItemOut"];
export type Health = Resource["health"];
export type ResourceUsage = Schemas["ResourceMetricsOut"];

export const resourcesKey = ["resources"] as const;
/** As many as the server gives at once. */
export const RESOURCES_PAGE = 100;
const LIVE = 5_000;

export interface ResourceFilter {
  cluster?: string | undefined;
  namespace?: string | undefined;
  kind?: string | undefined;
  status?: string | undefined;
  workflow?: string | undefined;
  favorite?: boolean | undefined;
  search?: string | undefined;
  sort?: string | undefined;
  order?: "asc" | "desc" | undefined;
}

/** One page of the list; kept true by asking again while somebody looks. */
export function resourcesQuery(filter: ResourceFilter, page: number) {
  const { favorite, sort = "name", order = "asc", ...rest } = filter;
  const texts = Object.fromEntries(Object.entries(rest).filter(([, value]) => value));
  const query = {
    ...texts,
    ...(favorite ? { favorite } : {}),
    sort,
    order,
    page: String(page),
    limit: String(RESOURCES_PAGE),
  };
  return queryOptions({
    queryKey: [...resourcesKey, "list", query],
    queryFn: ({ signal }) => call(api.GET("/v1/api/resources/", { params: { query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: LIVE,
  });
}

export function resourceQuery(id: string) {
  return queryOptions({
    queryKey: [...resourcesKey, "one", id],
    queryFn: ({ signal }) => call(api.GET("/v1/api/resources/{id}/", { params: { path: { id } }, signal })),
    refetchInterval: 30_000,
  });
}

export function podsQuery(id: string) {
  return queryOptions({
    queryKey: [...resourcesKey, "pods", id],
    queryFn: ({ signal }) =>
      call(
        api.GET("/v1/api/resources/{id}/pods/", {
          params: { path: { id }, query: { limit: "100", sort: "name" } },
          signal,
        }),
      ),
    refetchInterval: LIVE,
  });
}

/** How much its pods use now; asked of the cluster itself. */
export function usageQuery(id: string) {
  return queryOptions({
    queryKey: [...resourcesKey, "usage", id],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/api/resources/{id}/metrics/", { params: { path: { id } }, signal })),
    refetchInterval: 15_000,
    retry: false,
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: resourcesKey });
}

export function useSyncResources() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (cluster: string | undefined) =>
      call(api.POST("/v1/api/resources/sync/", { body: { cluster: cluster ?? "" } })),
    onSuccess: () => {
      toast.note(t.resources.syncing);
      return refresh();
    },
    onError: toast.failed,
  });
}

export function useScale(resource: Resource) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (replicas: number) =>
      call(
        api.POST("/v1/api/resources/{id}/scale/", {
          params: { path: { id: resource.id } },
          body: { replicas },
        }),
      ),
    onSuccess: (_, replicas) => {
      toast.done(t.resources.scaled(resource.name, replicas));
      return refresh();
    },
  });
}

export function useRestart(resource: Resource) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () =>
      call(api.POST("/v1/api/resources/{id}/restart/", { params: { path: { id: resource.id } } })),
    onSuccess: () => {
      toast.done(t.resources.restarted(resource.name));
      return refresh();
    },
    onError: toast.failed,
  });
}

export function useDeleteResource(resource: Resource) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () => call(api.DELETE("/v1/api/resources/{id}/", { params: { path: { id: resource.id } } })),
    onSuccess: () => {
      toast.note(t.resources.deleting(resource.kind, resource.name));
      return refresh();
    },
  });
}

/** Tags, notes and the star: one's own, so nobody else can be in the way. */
export function useMark(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: Schemas["PatchedResourceMarkInRequest"]) =>
      call(api.PATCH("/v1/api/resources/{id}/", { params: { path: { id } }, body })),
    onSuccess: refresh,
    onError: toast.failed,
  });
}
