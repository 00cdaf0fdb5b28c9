/** What is asked of the server about what runs: targets, runs, drift, causes, sharing, comparisons. */

import { api, call, type Schemas } from "@/api";
import type { Graph } from "../model/types";

export type Target = Schemas["TargetOut"];
export type RunDetail = Schemas["RunDetailOut"];
export type RunObject = Schemas["RunObjectOut"];
export type Share = Schemas["WorkflowShareOut"];
export type ShareRole = Share["role"];
export type Comparison = Schemas["ComparisonOut"];

const ALL = { limit: "100" };

export async function getTargets(id: string): Promise<Target[]> {
  const params = { path: { id }, query: { ...ALL, sort: "updated_at", order: "desc" } };
  return (await call(api.GET("/v1/api/workflows/{id}/targets/", { params }))).targets;
}

export function undeploy(id: string, claims: string[]): Promise<Schemas["StartedOut"]> {
  return call(
    api.POST("/v1/api/targets/{id}/undeploy/", { params: { path: { id } }, body: { delete_claims: claims } }),
  );
}

export function getRun(id: string): Promise<RunDetail> {
  return call(api.GET("/v1/api/runs/{id}/", { params: { path: { id } } }));
}

export async function getShares(id: string): Promise<Share[]> {
  const params = { path: { id }, query: ALL };
  return (await call(api.GET("/v1/api/workflows/{id}/shares/", { params }))).shares;
}

export function share(id: string, email: string, role: ShareRole): Promise<Share> {
  return call(api.POST("/v1/api/workflows/{id}/share/", { params: { path: { id } }, body: { email, role } }));
}

export function unshare(id: string, shareId: string): Promise<unknown> {
  const params = { path: { id, share_id: shareId } };
  return call(api.DELETE("/v1/api/workflows/{id}/shares/{share_id}/", { params }));
}

/** Each a number, or `draft`. */
export function compare(id: string, from: string, to: string): Promise<Comparison> {
  const params = { path: { id }, query: { v1: from, v2: to } };
  return call(api.GET("/v1/api/workflows/{id}/versions/compare/", { params }));
}

export type Drift = Schemas["DriftOut"];
export type DriftObject = Drift["objects"][number];

/** What tells an object from every other. */
export function nameOf(object: DriftObject): string {
  return `${object.api_version} ${object.kind} ${object.namespace}/${object.name}`;
}

const asNames = (objects: readonly DriftObject[]) =>
  objects.map(({ api_version, kind, namespace, name }) => ({ api_version, kind, namespace, name }));

const place = (id: string, target: string | undefined) => ({ path: { id }, query: target ? { target } : {} });

export function getDrift(id: string, target: string | undefined): Promise<Drift> {
  return call(api.GET("/v1/api/workflows/{id}/drift/", { params: place(id, target) }));
}

export function revert(
  id: string,
  target: string,
  objects: readonly DriftObject[],
): Promise<Schemas["StartedOut"]> {
  const body = { objects: asNames(objects) };
  return call(api.POST("/v1/api/workflows/{id}/drift/revert/", { params: place(id, target), body }));
}

export function adopt(
  id: string,
  target: string,
  objects: readonly DriftObject[],
  etag: string | null,
): Promise<unknown> {
  const params = { ...place(id, target), header: etag ? { "If-Match": etag } : {} };
  return call(
    api.POST("/v1/api/workflows/{id}/drift/adopt/", { params, body: { objects: asNames(objects) } }),
  );
}

export type Diagnostics = Schemas["DiagnosticsOut"];
export type Check = Diagnostics["checks"][number];
export type FixTemplate = Schemas["FixTemplateOut"];
export type FixValue = FixTemplate["values"][number];
export type FixValues = Record<string, string | number>;

export function getDiagnostics(
  id: string,
  node_id: string,
  target: string | undefined,
): Promise<Diagnostics> {
  const params = { path: { id, node_id }, query: target ? { target } : {} };
  return call(api.GET("/v1/api/workflows/{id}/nodes/{node_id}/diagnostics/", { params }));
}

export function getFixTemplate(
  id: string,
  node_id: string,
  fix_type: string,
  target: string | undefined,
  values: FixValues | null,
): Promise<FixTemplate> {
  const query = { ...(target ? { target } : {}), ...(values ? { values: JSON.stringify(values) } : {}) };
  const params = { path: { id, node_id, fix_type }, query };
  return call(api.GET("/v1/api/workflows/{id}/nodes/{node_id}/fix-template/{fix_type}/", { params }));
}

export function applyFix(
  id: string,
  node_id: string,
  target: string | undefined,
  etag: string | null,
  body: { fix_type: string; values: FixValues; run: boolean },
): Promise<Schemas["FixedOut"]> {
  const params = {
    path: { id, node_id },
    query: target ? { target } : {},
    header: etag ? { "If-Match": etag } : {},
  };
  return call(api.POST("/v1/api/workflows/{id}/nodes/{node_id}/fix/", { params, body }));
}

export async function getVersionGraph(id: string, version: string): Promise<Graph> {
  const found = await call(
    api.GET("/v1/api/workflows/{id}/versions/{version}/", { params: { path: { id, version } } }),
  );
  return { nodes: found.nodes as Graph["nodes"], edges: found.edges as Graph["edges"] };
}
