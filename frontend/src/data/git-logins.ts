/** Logins for private repositories, one for each Git host. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { t } from "@/texts";
import { toast } from "@/ui";

export type GitLogin = Schemas["GitLoginOut"];

const MOST = "100";

export const gitLoginsQuery = queryOptions({
  queryKey: ["git-logins"],
  queryFn: ({ signal }) =>
    call(api.GET("/v1/api/builds/git-logins/", { params: { query: { limit: MOST } }, signal })),
});

export function useKeepGitLogin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["GitLoginInRequest"]) =>
      call(api.POST("/v1/api/builds/git-logins/", { body })),
    onSuccess: ({ address }) => {
      toast.done(t.gitLogins.kept(address));
      return client.invalidateQueries({ queryKey: gitLoginsQuery.queryKey });
    },
  });
}

export function useRemoveGitLogin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: GitLogin) =>
      call(api.DELETE("/v1/api/builds/git-logins/{id}/", { params: { path: { id } } })),
    onSuccess: (_, { address }) => toast.done(t.gitLogins.removed(address)),
    onError: toast.failed,
    onSettled: () => client.invalidateQueries({ queryKey: gitLoginsQuery.queryKey }),
  });
}
