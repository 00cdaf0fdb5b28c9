/** What pages read of builds, and what they have done with them. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import type { BuildFilter } from "@/app/search";
import { t } from "@/texts";
import { toast } from "@/ui";

export type Build = Schemas["BuildOut"];
export type BuildSummary = Schemas["BuildSummaryOut"];
export type BuildStatus = Schemas["BuildStatus"];
export type BuildStep = Schemas["BuildStepOut"];
export type BuildInput = Schemas["BuildInRequest"];

export const BUILDS_PAGE = 20;
export const buildsKey = ["builds"] as const;

const UNDER_WAY: readonly BuildStatus[] = ["queued", "fetching", "building", "pushing"];
const STATUSES: Record<BuildFilter, readonly BuildStatus[]> = {
  running: UNDER_WAY,
  succeeded: ["succeeded"],
  failed: ["failed"],
  cancelled: ["cancelled"],
};
const OFTEN = 2_000;

export function isUnderWay(build: Pick<BuildSummary, "status">): boolean {
  return UNDER_WAY.includes(build.status);
}

interface ListInput {
  q?: string | undefined;
  status?: BuildFilter | undefined;
  page?: number | undefined;
  workflow?: string | undefined;
  node?: string | undefined;
  limit?: number;
}

export function buildsQuery(input: ListInput) {
  const { q, status, page = 1, workflow, node, limit = BUILDS_PAGE } = input;
  return queryOptions({
    queryKey: [...buildsKey, "list", { q, status, page, workflow, node, limit }],
    queryFn: ({ signal }) => {
      const query = {
        page: String(page),
        limit: String(limit),
        ...(q ? { search: q } : {}),
        ...(status ? { status: STATUSES[status].join(",") } : {}),
        ...(workflow ? { workflow_id: workflow } : {}),
        ...(workflow && node ? { node_id: node } : {}),
      };
      return call(api.GET("/v1/api/builds/", { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: (state) => (state.state.data?.builds.some(isUnderWay) ? OFTEN : false),
  });
}

export function buildQuery(id: string) {
  return queryOptions({
    queryKey: [...buildsKey, "one", id],
    queryFn: ({ signal }) => call(api.GET("/v1/api/builds/{id}/", { params: { path: { id } }, signal })),
  });
}

/** Of the usual one without a name. */
export const engineQuery = (name: string) =>
  queryOptions({
    queryKey: [...buildsKey, "engine", name],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/api/builds/engine/", { params: { query: name ? { name } : {} }, signal })),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });

function useKeep() {
  const client = useQueryClient();
  return (build: Build) => {
    client.setQueryData(buildQuery(build.id).queryKey, build);
    return client.invalidateQueries({ queryKey: [...buildsKey, "list"] });
  };
}

export type BuildPreview = Schemas["BuildPreviewOut"];

/** The source is fetched and looked at; nothing is built. */
export function usePreview() {
  return useMutation({
    mutationFn: (body: Schemas["BuildPreviewInRequest"]) =>
      call(api.POST("/v1/api/builds/preview/", { body })),
  });
}

export function useStartBuild() {
  const keep = useKeep();
  return useMutation({
    mutationFn: (body: BuildInput) => call(api.POST("/v1/api/builds/start/", { body })),
    onSuccess: keep,
  });
}

export function useUploadSource() {
  return useMutation({
    mutationFn: (archive: File) => {
      const body = new FormData();
      body.append("file", archive);
      return call(
        api.POST("/v1/api/builds/uploads/", {
          body: body as unknown as { file: string },
          bodySerializer: (form) => form as unknown as FormData,
        }),
      );
    },
  });
}

export function useCancelBuild() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ id }: Pick<Build, "id">) =>
      call(api.POST("/v1/api/builds/{id}/cancel/", { params: { path: { id } } })),
    onSuccess: keep,
    onError: toast.failed,
  });
}

/** The new build; the old one stays as it ended. */
export function useRetryBuild() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ id }: Pick<Build, "id">) =>
      call(api.POST("/v1/api/builds/{id}/retry/", { params: { path: { id } } })),
    onSuccess: (build) => {
      toast.done(t.builds.again(nameOf(build)));
      return keep(build);
    },
    onError: toast.failed,
  });
}

/** team/app:1.4, without the host that it goes to. */
export function nameOf({ image, tag }: Pick<BuildSummary, "image" | "tag">): string {
  const [host = "", ...path] = image.split("/");
  return `${path.length > 0 && /[.:]|^localhost$/.test(host) ? path.join("/") : image}:${tag}`;
}

/** As a workload names it: what was built, and nothing else ever. */
export function pinned({ image, digest }: Pick<BuildSummary, "image" | "digest">): string {
  return digest ? `${image}@${digest}` : "";
}
