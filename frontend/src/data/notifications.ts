/** What one was told, and what one wants to be told. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { t } from "@/texts";
import { toast } from "@/ui";

export type Notification = Schemas["NotificationOut"];
export type Preference = Schemas["PreferenceOut"];

const key = ["notifications"] as const;
const EVERY = 10_000;
/** How many the panel shows; older ones are read over the API. */
const SHOWN = 30;

/** Asked for now and then rather than streamed: a browser keeps six connections, and each tab would hold one of them. */
export const notificationsQuery = queryOptions({
  queryKey: [...key, "list"],
  queryFn: ({ signal }) =>
    call(api.GET("/v1/api/notifications/", { params: { query: { limit: String(SHOWN) } }, signal })),
  refetchInterval: EVERY,
});

export function useMark() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, is_read }: { id: string; is_read: boolean }) =>
      call(api.PATCH("/v1/api/notifications/{id}/", { params: { path: { id } }, body: { is_read } })),
    onMutate: async ({ id, is_read }) => {
      await client.cancelQueries({ queryKey: notificationsQuery.queryKey });
      client.setQueryData(notificationsQuery.queryKey, (old) => {
        const was = old?.notifications.find((each) => each.id === id);
        if (!old || !was || was.is_read === is_read) return old;
        return {
          ...old,
          unread: old.unread + (is_read ? -1 : 1),
          notifications: old.notifications.map((each) => (each.id === id ? { ...each, is_read } : each)),
        };
      });
    },
    onError: toast.failed,
    onSettled: () => client.invalidateQueries({ queryKey: notificationsQuery.queryKey }),
  });
}

export function useReadAll() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (up_to: string) => call(api.POST("/v1/api/notifications/read/", { body: { up_to } })),
    onError: toast.failed,
    onSettled: () => client.invalidateQueries({ queryKey: notificationsQuery.queryKey }),
  });
}

export const preferencesQuery = queryOptions({
  queryKey: [...key, "preferences"],
  queryFn: ({ signal }) => call(api.GET("/v1/api/notifications/preferences/", { signal })),
});

export function useSetPreference() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: Preference) =>
      call(api.PUT("/v1/api/notifications/preferences/", { body: { preferences: [wish] } })),
    onMutate: async (wish) => {
      await client.cancelQueries({ queryKey: preferencesQuery.queryKey });
      client.setQueryData(
        preferencesQuery.queryKey,
        (old) =>
          old && {
            ...old,
            preferences: old.preferences.map((each) => (each.kind === wish.kind ? wish : each)),
          },
      );
    },
    onSuccess: () => toast.done(t.ui.saved),
    onError: toast.failed,
    onSettled: () => client.invalidateQueries({ queryKey: preferencesQuery.queryKey }),
  });
}

export type Webhook = Schemas["WebhookOut"];
export type NewWebhook = Schemas["NewWebhookOut"];

export const webhooksQuery = queryOptions({
  queryKey: [...key, "webhooks"],
  queryFn: ({ signal }) =>
    call(api.GET("/v1/api/notifications/webhooks/", { params: { query: { limit: "100" } }, signal })),
});

export type WebhookTarget = Schemas["WebhookTargetOut"];

/** The services that plugins bring: in whose words a webhook can be told. */
export const webhookTargetsQuery = queryOptions({
  queryKey: [...key, "webhook-targets"],
  queryFn: ({ signal }) =>
    call(api.GET("/v1/api/notifications/webhooks/targets/", { params: { query: { limit: "100" } }, signal })),
});

export function useAddWebhook() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["WebhookInRequest"]) =>
      call(api.POST("/v1/api/notifications/webhooks/", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: webhooksQuery.queryKey }),
    // Its answer holds the secret: the page shows it once, and nothing else keeps it.
    gcTime: 0,
  });
}

export function useSwitchWebhook() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, is_enabled }: Pick<Webhook, "id" | "is_enabled">) =>
      call(
        api.PATCH("/v1/api/notifications/webhooks/{id}/", { params: { path: { id } }, body: { is_enabled } }),
      ),
    onError: toast.failed,
    onSettled: () => client.invalidateQueries({ queryKey: webhooksQuery.queryKey }),
  });
}

export function useTryWebhook() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      call(api.POST("/v1/api/notifications/webhooks/{id}/test/", { params: { path: { id } } })),
    onSuccess: ({ problem }) =>
      problem
        ? toast.note(t.notifications.webhooks.failed(problem))
        : toast.done(t.notifications.webhooks.arrived),
    onError: toast.failed,
    onSettled: () => client.invalidateQueries({ queryKey: webhooksQuery.queryKey }),
  });
}

export function useRemoveWebhook() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      call(api.DELETE("/v1/api/notifications/webhooks/{id}/", { params: { path: { id } } })),
    onSuccess: () => toast.done(t.notifications.webhooks.removed),
    onError: toast.failed,
    onSettled: () => client.invalidateQueries({ queryKey: webhooksQuery.queryKey }),
  });
}
