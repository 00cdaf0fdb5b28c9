/** How one can sign in here, and the accounts elsewhere that are linked to one's own. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { t } from "@/texts";
import { toast } from "@/ui";

export type Provider = Schemas["ProviderOut"];
export type Identity = Schemas["IdentityOut"];

/** It changes rarely. */
export const methodsQuery = queryOptions({
  queryKey: ["auth", "methods"],
  queryFn: ({ signal }) => call(api.GET("/v1/api/auth/methods/", { signal })),
  staleTime: 300_000,
});

export const identitiesQuery = queryOptions({
  queryKey: ["identities"],
  queryFn: ({ signal }) =>
    call(api.GET("/v1/api/profile/identities/", { params: { query: { limit: "100" } }, signal })),
});

/** Leaves the page for the provider's; it leads back with a code. */
export async function departTo(provider: string, currentPassword: string): Promise<void> {
  const { url } = await call(
    api.POST("/v1/api/profile/identities/depart/", {
      body: { provider, current_password: currentPassword },
    }),
  );
  window.location.assign(url);
}

export function useLinkIdentity() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (code: string) => call(api.POST("/v1/api/profile/identities/", { body: { code } })),
    onSuccess: (identity) => toast.done(t.settings.linked.done(identity.display_name)),
    onSettled: () => client.invalidateQueries({ queryKey: identitiesQuery.queryKey }),
  });
}

export function useUnlinkIdentity() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      call(api.DELETE("/v1/api/profile/identities/{id}/", { params: { path: { id } } })),
    onSuccess: () => toast.done(t.settings.linked.unlinked),
    onError: toast.failed,
    onSettled: () => client.invalidateQueries({ queryKey: identitiesQuery.queryKey }),
  });
}
