/** The calls that the editor makes, in the words of the contract. Every failure is an `ApiError`. */

import { ApiError, isApiError } from "@/api/errors";
import { authorisedFetch } from "@/auth/fetch";
import type {
  Cluster,
  Graph,
  LogLine,
  Plan,
  Problem,
  Run,
  Template,
  Version,
  Workflow,
} from "../model/types";

const BASE = "/v1/api";

interface Answer<T> {
  data: T;
  etag: string | null;
}

interface Options {
  method?: "GET" | "POST" | "PUT";
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

async function request(
  path: string,
  { method = "GET", body, headers = {}, signal }: Options,
): Promise<Response> {
  const input = new Request(new URL(BASE + path, window.location.origin), {
    method,
    headers: {
      Accept: "application/json",
      ...(body ? { "Content-Type": "application/json" } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    ...(signal ? { signal } : {}),
  });
  let response: Response;
  try {
    response = await authorisedFetch(input);
  } catch (error) {
    if (isApiError(error) || (error instanceof DOMException && error.name === "AbortError")) throw error;
    throw ApiError.offline();
  }
  if (!response.ok) throw await ApiError.fromResponse(response);
  return response;
}

async function send<T>(path: string, options: Options = {}): Promise<Answer<T>> {
  const response = await request(path, options);
  return { data: (await response.json()) as T, etag: response.headers.get("ETag") };
}

const get = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await send<T>(path, signal ? { signal } : {})).data;

const id = encodeURIComponent;

export function getTemplates(): Promise<Template[]> {
  return nodeTypes("");
}

/** The kinds that only this cluster describes; fails when it does not answer. */
export function getClusterKinds(cluster: string, signal: AbortSignal): Promise<Template[]> {
  return nodeTypes(`&category=cluster-kinds&cluster=${id(cluster)}`, signal);
}

async function nodeTypes(which: string, signal?: AbortSignal): Promise<Template[]> {
  const found: Template[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await get<{ templates: Template[]; total?: number }>(
      `/templates?what=node_type${which}&page=${page}&limit=100`,
      signal,
    );
    found.push(...answer.templates);
    if (answer.templates.length === 0 || found.length >= (answer.total ?? 0)) break;
  }
  // Stacks (ready graphs) stand in the same list; only node types can be put on the canvas.
  return found.filter((template) => template.schema !== undefined && template.type !== undefined);
}

export function getWorkflow(workflowId: string): Promise<Answer<Workflow>> {
  return send<Workflow>(`/workflows/${id(workflowId)}`);
}

export type Saved = Workflow & { problems: Problem[] };

export function saveGraph(workflowId: string, graph: Graph, etag: string | null): Promise<Answer<Saved>> {
  return send<Saved>(`/workflows/${id(workflowId)}/save`, {
    method: "POST",
    body: { nodes: graph.nodes, edges: graph.edges },
    headers: etag ? { "If-Match": etag } : {},
  });
}

export async function validate(workflowId: string): Promise<Problem[]> {
  const path = `/workflows/${id(workflowId)}/validate`;
  return (await send<{ problems: Problem[] }>(path, { method: "POST" })).data.problems;
}

export interface Preview {
  yaml: string;
  objects: { node_id: string | null; kind: string; name: string }[];
  problems: Problem[];
}

/** What one node becomes, with the picture as it is now, saved or not. */
export async function previewNode(
  workflowId: string,
  graph: Graph,
  nodeId: string,
  signal: AbortSignal,
): Promise<Preview> {
  const body = { nodes: graph.nodes, edges: graph.edges, node_id: nodeId };
  return (await send<Preview>(`/workflows/${id(workflowId)}/preview`, { method: "POST", body, signal })).data;
}

export function rename(workflowId: string, name: string, etag: string | null): Promise<Answer<Workflow>> {
  return send<Workflow>(`/workflows/${id(workflowId)}`, {
    method: "PUT",
    body: { name },
    headers: etag ? { "If-Match": etag } : {},
  });
}

export async function getClusters(): Promise<Cluster[]> {
  return (await get<{ clusters: Cluster[] }>("/clusters?limit=100")).clusters;
}

interface Place {
  cluster: string;
  namespace: string;
}

/** `take_over`: what other workflows of the workspace have deployed there becomes this one's. */
export interface PlanWish extends Place {
  take_over?: boolean | undefined;
}

export async function makePlan(workflowId: string, place: PlanWish, signal: AbortSignal): Promise<Plan> {
  const path = `/workflows/${id(workflowId)}/plan`;
  return (await send<{ plan: Plan }>(path, { method: "POST", body: place, signal })).data.plan;
}

export interface RunOptions extends Place {
  on_failure: "keep" | "rollback";
  force_conflicts: boolean;
  take_over: boolean;
}

export interface Started {
  run_id: string;
  status: string;
  version: number;
}

export async function startRun(workflowId: string, options: RunOptions, key: string): Promise<Started> {
  const path = `/workflows/${id(workflowId)}/run`;
  return (await send<Started>(path, { method: "POST", body: options, headers: { "Idempotency-Key": key } }))
    .data;
}

export async function cancelRun(runId: string): Promise<void> {
  await send(`/runs/${id(runId)}/cancel`, { method: "POST" });
}

export async function rollBack(workflowId: string, runId: string): Promise<Started> {
  const path = `/workflows/${id(workflowId)}/rollback`;
  return (await send<Started>(path, { method: "POST", body: { run_id: runId } })).data;
}

export async function getRuns(workflowId: string): Promise<Run[]> {
  const path = `/workflows/${id(workflowId)}/runs?sort=created_at&order=desc&limit=50`;
  return (await get<{ runs: Run[] }>(path)).runs;
}

export async function getLog(runId: string): Promise<Omit<LogLine, "run_id">[]> {
  return (await get<{ log?: Omit<LogLine, "run_id">[] }>(`/runs/${id(runId)}`)).log ?? [];
}

export async function getVersions(workflowId: string): Promise<Version[]> {
  const path = `/workflows/${id(workflowId)}/versions?order=desc&limit=100`;
  return (await get<{ versions: Version[] }>(path)).versions;
}

/** What a person calls a version. */
export interface VersionName {
  name: string;
  tag: string;
}

export async function createVersion(workflowId: string, body: VersionName): Promise<Version> {
  return (await send<Version>(`/workflows/${id(workflowId)}/versions`, { method: "POST", body })).data;
}

export async function nameVersion(workflowId: string, version: number, body: VersionName): Promise<void> {
  await send(`/workflows/${id(workflowId)}/versions/${version}`, { method: "PUT", body });
}

export async function restoreVersion(workflowId: string, version: number): Promise<void> {
  await send(`/workflows/${id(workflowId)}/versions/${version}/restore`, { method: "POST" });
}

export type ManifestFormat = "yaml" | "json" | "kustomize";

export async function getManifests(
  workflowId: string,
  format: ManifestFormat,
): Promise<{ blob: Blob; filename: string }> {
  const response = await request(`/workflows/${id(workflowId)}/manifests?format=${format}`, {
    headers: { Accept: "*/*" },
  });
  const named = /filename="?([^";]+)"?/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  return { blob: await response.blob(), filename: named ?? FILENAMES[format] };
}

const FILENAMES: Record<ManifestFormat, string> = {
  yaml: "manifests.yaml",
  json: "manifests.json",
  kustomize: "kustomize.zip",
};
