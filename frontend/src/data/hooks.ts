/** What the page of webhooks reads and does: builds that begin when somebody pushes. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { t } from "@/texts";
import { toast } from "@/ui";
import { buildsKey } from "./builds";

export type Hook = Schemas["HookOut"];
export type NewHook = Schemas["NewHookOut"];
export type Delivery = Schemas["DeliveryOut"];
export type Provider = Hook["provider"];

const key = [...buildsKey, "hooks"] as const;
const MOST = "100";
export const DELIVERIES = 5;
export const MORE_DELIVERIES = 50;
/** A Git host may call at any time. */
const OFTEN = 4_000;

export const hooksQuery = queryOptions({
  queryKey: [...key, "list"],
  queryFn: ({ signal }) =>
    call(api.GET("/v1/api/builds/webhooks/", { params: { query: { limit: MOST } }, signal })),
});

export function deliveriesQuery(id: string, limit: number) {
  return queryOptions({
    queryKey: [...key, "deliveries", id, limit],
    queryFn: ({ signal }) =>
      call(
        api.GET("/v1/api/builds/webhooks/{id}/deliveries/", {
          params: { path: { id }, query: { limit: String(limit) } },
          signal,
        }),
      ),
    refetchInterval: OFTEN,
  });
}

function useRenew() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: key });
}

export function useAddHook() {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ buildId, provider }: { buildId: string; provider: Provider }) =>
      call(
        api.POST("/v1/api/builds/{id}/webhooks/", { params: { path: { id: buildId } }, body: { provider } }),
      ),
    onSuccess: renew,
    // Its answer holds the secret: the page shows it once, and nothing else keeps it.
    gcTime: 0,
  });
}

export function useRotateHook() {
  const renew = useRenew();
  return useMutation({
    mutationFn: (id: string) =>
      call(api.POST("/v1/api/builds/webhooks/{id}/rotate/", { params: { path: { id } } })),
    onSuccess: renew,
    onError: toast.failed,
    gcTime: 0,
  });
}

export function useTestHook() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      call(api.POST("/v1/api/builds/webhooks/{id}/test/", { params: { path: { id } } })),
    onSuccess: () => toast.done(t.hooks.tested),
    onError: toast.failed,
    onSettled: () => client.invalidateQueries({ queryKey: buildsKey }),
  });
}

export function useRemoveHook() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      call(api.DELETE("/v1/api/builds/webhooks/{id}/", { params: { path: { id } } })),
    onSuccess: () => toast.done(t.hooks.removed),
    onError: toast.failed,
    // Not what was heard there: that is gone with it.
    onSettled: () => client.invalidateQueries({ queryKey: hooksQuery.queryKey }),
  });
}
