/** Who did what: for administrators of everything, for everyone else of their own. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import type { ActivitySearch } from "@/app/search";
import { authorisedFetch } from "@/auth/fetch";

export type AuditEntry = Schemas["AuditEntryOut"];
export const ACTIVITY_PAGE = 25;
export type ExportFormat = "csv" | "jsonl";

const DAY = 86_400_000;

/** What the address narrows to, in the words of the API. Days begin at midnight, so that a list stays the same for a while. */
function filters(search: ActivitySearch): Record<string, string> {
  const since = search.days
    ? new Date(Date.now() - Number(search.days) * DAY).toISOString().slice(0, 10)
    : "";
  const given = {
    search: search.q,
    object_type: search.type,
    object_id: search.object,
    actor_id: search.actor,
    since,
  };
  return Object.fromEntries(Object.entries(given).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

export function activityQuery(search: ActivitySearch) {
  const query = { ...filters(search), page: String(search.page ?? 1), limit: String(ACTIVITY_PAGE) };
  return queryOptions({
    queryKey: ["audit", "list", query],
    queryFn: ({ signal }) => call(api.GET("/v1/api/audit/", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function entryQuery(id: string) {
  return queryOptions({
    queryKey: ["audit", "entry", id],
    queryFn: ({ signal }) => call(api.GET("/v1/api/audit/{id}/", { params: { path: { id } }, signal })),
  });
}

/** The whole of what the list is narrowed to, as a file. */
export async function exportActivity(search: ActivitySearch, format: ExportFormat): Promise<void> {
  const query = new URLSearchParams({ ...filters(search), format });
  const address = new URL(`/v1/api/audit/export?${query}`, window.location.origin);
  const response = await authorisedFetch(new Request(address));
  if (!response.ok) {
    const body = (await response.json().catch(() => null)) as { error?: string } | null;
    throw new Error(body?.error ?? response.statusText);
  }
  const named = /filename="?([^";]+)"?/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = named ?? `audit.${format}`;
  link.click();
  URL.revokeObjectURL(link.href);
}
