/** What administrators read and change of the accounts of an installation. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import type { PeopleSearch } from "@/app/search";
import { t } from "@/texts";
import { toast } from "@/ui";

export type Person = Schemas["AdminUserOut"];
export const PEOPLE_PAGE = 20;
const key = ["people"] as const;

export function peopleQuery(search: PeopleSearch) {
  const query = {
    search: search.q ?? "",
    ...(search.role ? { role: search.role } : {}),
    ...(search.disabled ? { is_disabled: "true" as const } : {}),
    sort: "created_at",
    page: String(search.page ?? 1),
    limit: String(PEOPLE_PAGE),
  };
  return queryOptions({
    queryKey: [...key, "list", query],
    queryFn: ({ signal }) => call(api.GET("/v1/api/admin/users/", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function personQuery(id: string) {
  return queryOptions({
    queryKey: [...key, "one", id],
    queryFn: ({ signal }) => call(api.GET("/v1/api/admin/users/{id}/", { params: { path: { id } }, signal })),
  });
}

export function sessionsOfQuery(id: string) {
  return queryOptions({
    queryKey: [...key, "sessions", id],
    queryFn: ({ signal }) =>
      call(
        api.GET("/v1/api/admin/users/{id}/sessions/", {
          params: { path: { id }, query: { limit: "100", sort: "last_used_at", order: "desc" } },
          signal,
        }),
      ),
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: key });
}

export function useChangePerson() {
  const refresh = useRefresh();
  const change = useMutation({
    mutationFn: ({ id, ...body }: { id: string } & Schemas["PatchedAdminUserInRequest"]) =>
      call(api.PATCH("/v1/api/admin/users/{id}/", { params: { path: { id } }, body })),
    onSuccess: (person) => toast.done(t.people.changed(person.name)),
    onError: toast.failed,
    onSettled: refresh,
  });
  return change;
}

export function useEndSessionsOf(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: async (session_id: string | null): Promise<Schemas["MessageOut"]> => {
      if (session_id === null) {
        return call(api.DELETE("/v1/api/admin/users/{id}/sessions/", { params: { path: { id } } }));
      }
      const path = { id, session_id };
      return call(api.DELETE("/v1/api/admin/users/{id}/sessions/{session_id}/", { params: { path } }));
    },
    onSuccess: ({ message }) => toast.done(message),
    onError: toast.failed,
    onSettled: refresh,
  });
}

export function useMakeResetLink(id: string) {
  return useMutation({
    mutationFn: () =>
      call(api.POST("/v1/api/admin/users/{id}/password-reset/", { params: { path: { id } } })),
    onError: toast.failed,
  });
}
