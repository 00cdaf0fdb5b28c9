/** The start page in numbers, and search over everything. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { workflowsKey } from "./workflows";

export type Stats = Schemas["StatsOut"];
export type Hit = Schemas["HitOut"];

export const statsQuery = queryOptions({
  queryKey: [...workflowsKey, "stats"],
  queryFn: ({ signal }) => call(api.GET("/v1/api/dashboard/stats/", { signal })),
});

const RECENT = 6;

export const recentWorkflowsQuery = queryOptions({
  queryKey: [...workflowsKey, "recent"],
  queryFn: ({ signal }) =>
    call(api.GET("/v1/api/dashboard/recent-workflows/", { params: { query: { limit: RECENT } }, signal })),
});

/** What has a page to go to. */
const SHOWN = "workflow,node,template,cluster,resource,build,plugin";

export function searchQuery(text: string, limit = 12) {
  return queryOptions({
    queryKey: ["search", text, limit],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/api/search/", { params: { query: { q: text, limit, types: SHOWN } }, signal })),
    enabled: text !== "",
    placeholderData: keepPreviousData,
  });
}
