/** What the settings read and change: one's own account, and the server's for administrators. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, callWithEtag, type Schemas } from "@/api";
import { updateUser } from "@/auth/session";
import { t } from "@/texts";
import { toast } from "@/ui";

export const profileQuery = queryOptions({
  queryKey: ["profile"],
  queryFn: ({ signal }) => callWithEtag(api.GET("/v1/api/profile/", { signal })),
});

export function useEditProfile() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ etag, ...body }: Schemas["ProfileInRequest"] & { etag: string | null }) =>
      callWithEtag(api.PUT("/v1/api/profile/", { body, ...(etag ? { headers: { "If-Match": etag } } : {}) })),
    onSuccess: (profile) => {
      client.setQueryData(profileQuery.queryKey, profile);
      updateUser(profile.data);
    },
  });
}

export function useAskForVerification() {
  return useMutation({
    mutationFn: () => call(api.POST("/v1/api/auth/email/verification/")),
    onSuccess: ({ message }) => toast.note(message),
    onError: toast.failed,
  });
}

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: ({ signal }) =>
    call(
      api.GET("/v1/api/auth/sessions/", {
        params: { query: { limit: "100", sort: "last_used_at", order: "desc" } },
        signal,
      }),
    ),
});

export function useEndSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(api.DELETE("/v1/api/auth/sessions/{id}/", { params: { path: { id } } })),
    onSuccess: () => toast.done(t.settings.sessions.ended),
    onError: toast.failed,
    onSettled: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
}

export const inviteQuery = queryOptions({
  queryKey: ["settings", "invite"],
  queryFn: async ({ signal }) => {
    const [code, setting] = await Promise.all([
      call(api.GET("/v1/api/settings/invite-code/", { signal })),
      call(api.GET("/v1/api/settings/regenerate-setting/", { signal })),
    ]);
    return { ...code, ...setting };
  },
});

export function useInvite() {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: inviteQuery.queryKey });
  const generate = useMutation({
    mutationFn: () => call(api.POST("/v1/api/settings/generate-invite-code/")),
    onSuccess: refresh,
    onError: toast.failed,
  });
  const setRegenerate = useMutation({
    mutationFn: (auto_regenerate: boolean) =>
      call(api.PUT("/v1/api/settings/regenerate-setting/", { body: { auto_regenerate } })),
    onSuccess: refresh,
    onError: toast.failed,
  });
  return { generate, setRegenerate };
}

export const openResetsQuery = queryOptions({
  queryKey: ["settings", "password-resets"],
  queryFn: ({ signal }) =>
    call(api.GET("/v1/api/admin/password-resets/", { params: { query: { limit: "100" } }, signal })),
});
