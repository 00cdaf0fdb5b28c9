/** What is asked of the server about builds of nodes. */
import { api, call, type Schemas } from "@/api";
import type { RunOptions } from "../api/calls";

export type Awaited = Schemas["AwaitedRunOut"];

export function buildNode(id: string, node_id: string): Promise<Schemas["NodeBuildOut"]> {
  return call(
    api.POST("/v1/api/workflows/{id}/nodes/{node_id}/build/", { params: { path: { id, node_id } } }),
  );
}

/** A run that begins once the images of its builds are there. */
export async function startBuilt(id: string, options: RunOptions, key: string): Promise<Awaited> {
  const answer = await call(
    api.POST("/v1/api/workflows/{id}/run/", {
      params: { path: { id } },
      headers: { "Idempotency-Key": key },
      body: { ...options, build: true },
    }),
  );
  return answer as Awaited;
}

export function getAwaited(id: string, awaited_id: string): Promise<Awaited> {
  const params = { path: { id, awaited_id } };
  return call(api.GET("/v1/api/workflows/{id}/awaited-runs/{awaited_id}/", { params }));
}
