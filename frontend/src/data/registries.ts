/** What pages read of image registries, and what administrators change. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { t } from "@/texts";
import { toast } from "@/ui";

export type Registry = Schemas["RegistryOut"];
export type RegistryType = Registry["type"];

export const REGISTRIES_PAGE = 20;
const registriesKey = ["registries"] as const;

export function registriesQuery(page: number) {
  return queryOptions({
    queryKey: [...registriesKey, "list", page],
    queryFn: ({ signal }) => {
      const query = { sort: "name", order: "asc", page: String(page), limit: String(REGISTRIES_PAGE) };
      return call(api.GET("/v1/api/registries/", { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
  });
}

export function lookupQuery(image: string) {
  return queryOptions({
    queryKey: [...registriesKey, "lookup", image],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/api/registries/lookup/", { params: { query: { image } }, signal })),
    enabled: image !== "",
    retry: false,
  });
}

export const BROWSE_PAGE = 20;

export function repositoriesQuery(id: string, search: string, page: number) {
  return queryOptions({
    queryKey: [...registriesKey, "repositories", id, search, page],
    queryFn: ({ signal }) => {
      const query = { page: String(page), limit: String(BROWSE_PAGE), ...(search ? { search } : {}) };
      return call(
        api.GET("/v1/api/registries/{id}/repositories/", { params: { path: { id }, query }, signal }),
      );
    },
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function tagsQuery(id: string, repository: string, page: number) {
  return queryOptions({
    queryKey: [...registriesKey, "tags", id, repository, page],
    queryFn: ({ signal }) => {
      const query = { repository, page: String(page), limit: String(BROWSE_PAGE) };
      return call(api.GET("/v1/api/registries/{id}/tags/", { params: { path: { id }, query }, signal }));
    },
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** Asks the registry itself, so only when somebody wants to know. */
export function imageTagsQuery(image: string) {
  return queryOptions({
    queryKey: [...registriesKey, "image-tags", image],
    queryFn: ({ signal }) =>
      call(api.GET("/v1/api/registries/tags/", { params: { query: { image } }, signal })),
    retry: false,
    staleTime: 60_000,
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: registriesKey });
}

export function useAddRegistry() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: Schemas["RegistryInRequest"]) => call(api.POST("/v1/api/admin/registries/", { body })),
    onSuccess: (registry) => {
      toast.done(t.registries.added(registry.name));
      return refresh();
    },
  });
}

export function useEditRegistry(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: Schemas["RegistryChangeInRequest"]) =>
      call(api.PUT("/v1/api/admin/registries/{id}/", { params: { path: { id } }, body })),
    onSuccess: (registry) => {
      toast.done(t.registries.changed(registry.name));
      return refresh();
    },
  });
}

export function useTestRegistry() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id }: Registry) =>
      call(api.POST("/v1/api/admin/registries/{id}/test/", { params: { path: { id } } })),
    onSuccess: (found, { name }) => {
      if (found.status !== "healthy") toast.failed(new Error(found.error || t.registries.failed(name)));
      else if (found.is_authenticated === false) toast.note(t.registries.workedUntested(name));
      else toast.done(t.registries.worked(name));
      return refresh();
    },
    onError: toast.failed,
  });
}

export function useDefaultRegistry() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id }: Registry) =>
      call(api.PUT("/v1/api/admin/registries/{id}/default/", { params: { path: { id } } })),
    onSuccess: (_, { name }) => {
      toast.done(t.registries.isDefaultNow(name));
      return refresh();
    },
    onError: toast.failed,
  });
}

export function useRemoveRegistry() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id }: Registry) =>
      call(api.DELETE("/v1/api/admin/registries/{id}/", { params: { path: { id } } })),
    onSuccess: (_, { name }) => {
      toast.done(t.registries.removed(name));
      return refresh();
    },
    onError: toast.failed,
  });
}
