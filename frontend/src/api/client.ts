/** The one way to the API: typed by its own document, signed in, and failing in one shape. */
import createClient from "openapi-fetch";
import { authorisedFetch } from "@/auth/fetch";
import { ApiError } from "./errors";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

export const api = createClient<paths>({
  baseUrl: typeof window === "undefined" ? "" : window.location.origin,
  fetch: authorisedFetch,
});

api.use({
  async onResponse({ response }) {
    if (!response.ok) throw await ApiError.fromResponse(response);
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return error instanceof ApiError ? error : ApiError.offline();
  },
});

/**
 * The data of a call; throws `ApiError` otherwise:
 * `const list = await call(api.GET("/v1/api/clusters/", { params: { query } }))`.
 */
export async function call<Data>(pending: Promise<{ data?: Data; response: Response }>): Promise<Data> {
  const { data } = await pending;
  return data as Data;
}

/** The same together with the ETag, for what will be written back with If-Match. */
export async function callWithEtag<Data>(
  pending: Promise<{ data?: Data; response: Response }>,
): Promise<{ data: Data; etag: string | null }> {
  const { data, response } = await pending;
  return { data: data as Data, etag: response.headers.get("ETag") };
}
