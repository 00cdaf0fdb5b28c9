/** The few words that a box or a line says of itself. */

import { isObject } from "./paths";
import type { Connection, GraphEdge, GraphNode, Json, JsonObject } from "./types";

const text = (value: Json | undefined): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

/** One line under the name: the most telling thing about this node. */
export function summaryOf(node: GraphNode): string {
  const write = SUMMARIES[node.type];
  return write ? write(node.data) : "";
}

function counted(value: Json | undefined, one: string, many: string): string {
  const count = isObject(value) ? Object.keys(value).length : list(value).length;
  return count === 0 ? "" : `${count} ${count === 1 ? one : many}`;
}

const joined = (...parts: string[]) => parts.filter((part) => part !== "").join(" · ");

function workload(data: JsonObject): string {
  const replicas = typeof data.replicas === "number" && data.replicas !== 1 ? `×${data.replicas}` : "";
  return joined(text(data.image), replicas);
}

function ports(data: JsonObject): string {
  const numbers = list(data.ports).map((port) => (isObject(port) ? text(port.port) : ""));
  return numbers
    .filter((number) => number !== "")
    .map((number) => `:${number}`)
    .join(" ");
}

function hosts(data: JsonObject): string {
  const named = list(data.rules).map((rule) => (isObject(rule) ? text(rule.host) : ""));
  return [...new Set([...named, ...list(data.hostnames).map(text)])].filter((host) => host !== "").join(", ");
}

const existing = (data: JsonObject) => (data.existing === true ? "already there" : "");

const SUMMARIES: Record<string, (data: JsonObject) => string> = {
  deployment: workload,
  statefulset: workload,
  daemonset: workload,
  job: workload,
  cronjob: (data) => joined(text(data.schedule), text(data.image)),
  service: (data) => joined(text(data.type), ports(data), existing(data)),
  ingress: hosts,
  httproute: hosts,
  configmap: (data) => joined(counted(data.data, "key", "keys"), existing(data)),
  secret: (data) => joined(counted(data.values, "value", "values"), existing(data)),
  persistentvolumeclaim: (data) => joined(text(data.size), text(data.storage_class), existing(data)),
  hpa: (data) => joined(range(data), data.cpu_percent ? `CPU ${text(data.cpu_percent)} %` : ""),
  poddisruptionbudget: (data) =>
    data.max_unavailable === undefined
      ? lower("at least", data.min_available)
      : lower("at most", data.max_unavailable),
  manifest: (data) => kindsIn(text(data.yaml)),
  build: (data) => joined(text(data.image), isObject(data.source) ? text(data.source.git_url) : ""),
};

const lower = (words: string, value: Json | undefined) =>
  text(value) === "" ? "" : `${words} ${text(value)}`;

function range(data: JsonObject): string {
  const most = text(data.max_replicas);
  return most === "" ? "" : `${text(data.min_replicas) || "1"}–${most} pods`;
}

function kindsIn(yaml: string): string {
  const kinds = [...yaml.matchAll(/^kind:\s*["']?(\w+)/gm)].map((found) => found[1] ?? "");
  return kinds.length > 2 ? `${kinds.length} objects` : kinds.join(", ");
}

/** What stands on a line: its meaning, and what the person refined about it. */
export function edgeLabel(edge: GraphEdge, connection: Connection | undefined): string {
  const data = edge.data ?? {};
  return joined(connection?.title ?? "", detail(data));
}

function detail(data: JsonObject): string {
  if (data.as === "mount" || (data.path !== undefined && data.as === undefined && data.host === undefined)) {
    return text(data.path) || (data.as === "mount" ? "as files" : "");
  }
  if (data.as === "pull") return "pull secret";
  const target = joined(text(data.host) + text(data.path));
  const port = text(data.port) === "" ? "" : `:${text(data.port)}`;
  return joined(target, port, text(data.prefix), text(data.condition));
}
