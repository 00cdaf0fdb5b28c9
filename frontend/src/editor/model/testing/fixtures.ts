/** A handful of node types as the server publishes them, cut down to what the tests look at. */

import type { Connection, Graph, GraphNode, JsonObject, JsonSchema, Template } from "../types";

const WORKLOADS = ["deployment", "job"];

const config: Connection = {
  meaning: "config",
  title: "configures",
  description: "The workload reads it.",
  sources: ["configmap", "secret"],
  targets: WORKLOADS,
  schema: {
    type: "object",
    properties: { as: { enum: ["env", "mount", "pull"], type: "string" }, path: { type: "string" } },
  },
};
const selects: Connection = {
  meaning: "selects",
  title: "selects",
  description: "The service sends traffic to it.",
  sources: ["service"],
  targets: WORKLOADS,
  schema: { type: "object", properties: { port: { type: "integer", format: "port" } } },
};
const uses: Connection = {
  meaning: "uses",
  title: "uses",
  description: "Its address arrives in the environment.",
  sources: WORKLOADS,
  targets: ["service"],
  schema: { type: "object", properties: {} },
};
const after: Connection = {
  meaning: "after",
  title: "starts after",
  description: "Waits.",
  sources: WORKLOADS,
  targets: WORKLOADS,
  schema: { type: "object", properties: {} },
};

const name: JsonSchema = { title: "Name", type: "string", format: "dns-label" };

const workload: JsonSchema = {
  type: "object",
  required: ["name"],
  properties: {
    image: { title: "Image", type: "string", "x-placeholder": "nginx:1.27" },
    command: { title: "Command", type: "array", "x-widget": "list", items: { type: "string" } },
    name,
    replicas: { title: "Replicas", type: "integer", minimum: 0 },
    ports: { title: "Ports", type: "array", items: { $ref: "#/$defs/Port" }, "x-group": "network" },
    probes: { title: "Probes", $ref: "#/$defs/Probes", "x-group": "health" },
    affinity: { title: "Affinity", type: "object", "x-widget": "json", "x-group": "scheduling" },
    labels: {
      title: "Labels",
      type: "object",
      additionalProperties: { type: "string" },
      "x-group": "metadata",
    },
    secrets: { type: "array", items: { anyOf: [{ type: "string" }, { $ref: "#/$defs/Port" }] } },
    keys: {
      anyOf: [
        { type: "array", items: { type: "string" } },
        { type: "object", additionalProperties: { type: "string" } },
      ],
    },
    target_port: {
      title: "Target",
      format: "port-or-name",
      anyOf: [{ type: "integer" }, { type: "string" }],
    },
    policy: { title: "Policy", enum: ["Always", "Never"], type: "string", default: "Always" },
    paused: { title: "Paused", type: "boolean" },
  },
  $defs: {
    Port: {
      type: "object",
      required: ["port"],
      properties: {
        name: { title: "Name", type: "string" },
        port: { title: "Port", type: "integer", format: "port" },
        protocol: { title: "Protocol", enum: ["TCP", "UDP"], type: "string" },
        host_port: { title: "Host port", type: "integer" },
      },
    },
    Probes: {
      type: "object",
      properties: { liveness: { title: "Liveness", type: "object", properties: {} } },
    },
  },
};

const GROUPS = [
  { name: "basic", title: "Basics", fields: ["image", "command", "name", "replicas"] },
  { name: "network", title: "Network", fields: ["ports"] },
  { name: "health", title: "Health", fields: ["probes"] },
];

function template(type: string, rest: Partial<Template>): Template {
  return {
    type,
    display_name: type,
    description: "",
    icon: "box",
    category: "other",
    kind: null,
    schema: { type: "object", properties: { name } },
    ui: { groups: [{ name: "basic", title: "Basics", fields: ["name"] }] },
    defaults: { name: type },
    connections: [],
    ...rest,
  };
}

export const TEMPLATES: Template[] = [
  template("deployment", {
    display_name: "Deployment",
    category: "workloads",
    kind: "Deployment",
    description: "A program that runs all the time.",
    defaults: { name: "app", image: "", replicas: 1 },
    schema: workload,
    ui: { groups: GROUPS },
    connections: [config, selects, uses, after],
  }),
  template("job", {
    display_name: "Job",
    category: "workloads",
    connections: [config, selects, uses, after],
  }),
  template("service", { display_name: "Service", category: "network", connections: [selects, uses] }),
  template("configmap", {
    display_name: "Config map",
    kind: "ConfigMap",
    connections: [{ ...config, sources: ["configmap"] }],
  }),
  template("secret", { display_name: "Secret", connections: [{ ...config, sources: ["secret"] }] }),
  template("note", { display_name: "Note", defaults: { text: "" } }),
  template("group", { display_name: "Frame", defaults: { name: "Group" } }),
];

export function node(
  id: string,
  type: string,
  data: JsonObject = {},
  rest: Partial<GraphNode> = {},
): GraphNode {
  return { id, type, position: { x: 0, y: 0 }, data, ...rest };
}

export function graph(nodes: GraphNode[], edges: [string, string, string][] = []): Graph {
  return { nodes, edges: edges.map(([id, source, target]) => ({ id, source, target })) };
}

export function templateOf(type: string): Template {
  const found = TEMPLATES.find((each) => each.type === type);
  if (!found) throw new Error(`no template ${type}`);
  return found;
}
