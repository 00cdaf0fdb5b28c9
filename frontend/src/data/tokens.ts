/** One's personal access tokens: what programs sign in with. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { t } from "@/texts";
import { toast } from "@/ui";

export type Token = Schemas["TokenOut"];
export type NewToken = Schemas["NewTokenOut"];

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: ({ signal }) => call(api.GET("/v1/api/tokens/", { params: { query: { limit: "100" } }, signal })),
});

export function useMakeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["TokenInRequest"]) => call(api.POST("/v1/api/tokens/", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
    // Its answer holds the token itself: the page shows it once, and nothing else keeps it.
    gcTime: 0,
  });
}

export function useRevokeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(api.DELETE("/v1/api/tokens/{id}/", { params: { path: { id } } })),
    onSuccess: () => toast.done(t.settings.tokens.revoked),
    onError: toast.failed,
    onSettled: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}
