/** What pages read of clusters, and what they change. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { t } from "@/texts";
import { toast } from "@/ui";

export type Cluster = Schemas["ClusterOut"];
export type AuthType = Cluster["auth_type"];
export type Certificate = Schemas["PresentedCertificateOut"];

export const CLUSTERS_PAGE = 20;
const clustersKey = ["clusters"] as const;

export function clustersQuery({
  q,
  page = 1,
  limit = CLUSTERS_PAGE,
}: {
  q?: string | undefined;
  page?: number | undefined;
  limit?: number;
}) {
  return queryOptions({
    queryKey: [...clustersKey, "list", { q, page, limit }],
    queryFn: ({ signal }) => {
      const query = {
        sort: "name",
        order: "asc",
        page: String(page),
        limit: String(limit),
        ...(q ? { search: q } : {}),
      };
      return call(api.GET("/v1/api/clusters/", { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
  });
}

export function clusterQuery(name: string) {
  return queryOptions({
    queryKey: [...clustersKey, "one", name],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/api/clusters/{name}/", { params: { path: { name } }, signal })),
  });
}

export function clusterLogQuery(name: string, page: number) {
  return queryOptions({
    queryKey: [...clustersKey, "log", name, page],
    queryFn: ({ signal }) =>
      call(
        api.GET("/v1/api/clusters/{name}/logs/", {
          params: { path: { name }, query: { page: String(page), limit: "15" } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: clustersKey });
}

export function useAddCluster() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: Schemas["ClusterInRequest"]) => call(api.POST("/v1/api/clusters/", { body })),
    onSuccess: refresh,
  });
}

export function useEditCluster() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ cluster, ...body }: { cluster: string } & Schemas["ClusterChangeInRequest"]) =>
      call(api.PUT("/v1/api/clusters/{name}/", { params: { path: { name: cluster } }, body })),
    onSuccess: refresh,
  });
}

export function useReplaceCredentials() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ cluster, ...body }: { cluster: string } & Schemas["CredentialsInRequest"]) =>
      call(api.PUT("/v1/api/clusters/{name}/credentials/", { params: { path: { name: cluster } }, body })),
    onSuccess: (cluster) => {
      toast.done(t.clusters.credentialsReplaced(cluster.name));
      return refresh();
    },
  });
}

export function useTestCluster() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (name: string) =>
      call(api.POST("/v1/api/clusters/{name}/test/", { params: { path: { name } } })),
    onSuccess: (result, name) => {
      if (result.status === "healthy") toast.done(t.clusters.healthy(name, result.version ?? ""));
      else toast.failed(new Error(result.error || t.clusters.unhealthy(name)));
      return refresh();
    },
    onError: toast.failed,
  });
}

export function useSetDefault() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (name: string) =>
      call(api.PUT("/v1/api/clusters/{name}/default/", { params: { path: { name } } })),
    onSuccess: (cluster) => {
      toast.done(t.clusters.isDefaultNow(cluster.name));
      return refresh();
    },
    onError: toast.failed,
  });
}

export function useDeleteCluster() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, force }: { name: string; force: boolean }) =>
      call(
        api.DELETE("/v1/api/clusters/{name}/", { params: { path: { name }, query: force ? { force } : {} } }),
      ),
    onSuccess: async (_, { name }) => {
      toast.done(t.clusters.deleted(name));
      client.removeQueries({ queryKey: [...clustersKey, "one", name] });
      client.removeQueries({ queryKey: [...clustersKey, "log", name] });
      await client.invalidateQueries({ queryKey: [...clustersKey, "list"] });
    },
  });
}

/** How much of its nodes is used now. Asked of the cluster itself, so only while somebody looks. */
export function clusterMetricsQuery(name: string) {
  return queryOptions({
    queryKey: [...clustersKey, "metrics", name],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/api/clusters/{name}/metrics/", { params: { path: { name } }, signal })),
    refetchInterval: 15_000,
    retry: false,
  });
}

export type ClusterMetadata = Schemas["ClusterMetadataOut"];
export type NodeMetrics = Schemas["NodeMetricsOut"];

/** What a cluster is made of, as of the last look. */
export function clusterMetadataQuery(name: string) {
  return queryOptions({
    queryKey: [...clustersKey, "metadata", name],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/api/clusters/{name}/metadata/", { params: { path: { name } }, signal })),
  });
}

export function useRefreshCluster() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (name: string) =>
      call(api.POST("/v1/api/clusters/{name}/refresh/", { params: { path: { name } } })),
    onSuccess: (_, name) => {
      toast.done(t.clusters.refreshed(name));
      return refresh();
    },
    onError: toast.failed,
  });
}

export type ClusterShare = Schemas["ClusterShareOut"];
export type ShareRole = ClusterShare["role"];

export function clusterSharesQuery(name: string) {
  return queryOptions({
    queryKey: [...clustersKey, "shares", name],
    queryFn: ({ signal }) =>
      call(
        api.GET("/v1/api/clusters/{name}/shares/", {
          params: { path: { name }, query: { limit: "100" } },
          signal,
        }),
      ),
  });
}

export function useShareCluster(name: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: Schemas["ClusterShareInRequest"]) =>
      call(api.POST("/v1/api/clusters/{name}/share/", { params: { path: { name } }, body })),
    onSuccess: refresh,
  });
}

export function useUnshareCluster(name: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (share: ClusterShare) =>
      call(api.DELETE("/v1/api/clusters/{name}/shares/{id}/", { params: { path: { name, id: share.id } } })),
    onSuccess: (_, share) => {
      toast.done(t.clusters.unshared(share.name || share.email));
      return refresh();
    },
    onError: toast.failed,
  });
}

/** What the person who looks may do: an owner all, an administrator all but remove it. */
export function mayManage(cluster: Cluster): boolean {
  return cluster.access !== "practice" && (cluster.role === "owner" || cluster.role === "admin");
}

/** The practice cluster's and a service account's are not a person's to enter. */
export function mayReplace(cluster: Cluster): boolean {
  return mayManage(cluster) && cluster.auth_type !== "service_account";
}

export function mayRemove(cluster: Cluster): boolean {
  return cluster.access !== "practice" && cluster.role === "owner";
}
