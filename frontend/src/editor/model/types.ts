/** The editor's vocabulary: what travels to the server and back, as plain data. Knows neither React nor stores. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface Point {
  x: number;
  y: number;
}

/** A node as the server keeps it. Keys that we do not know are carried along untouched. */
export interface GraphNode {
  id: string;
  type: string;
  position: Point;
  data: JsonObject;
  parentId?: string;
  width?: number;
  height?: number;
  [key: string]: unknown;
}

export interface GraphEdge {
  id: string;
  source: string;
  target: string;
  data?: JsonObject;
  [key: string]: unknown;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export interface JsonSchema {
  type?: string;
  title?: string;
  description?: string;
  format?: string;
  enum?: Json[];
  default?: Json;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  additionalProperties?: boolean | JsonSchema;
  anyOf?: JsonSchema[];
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  "x-group"?: string;
  "x-widget"?: string;
  "x-placeholder"?: string;
  "x-keys"?: string;
}

export interface Section {
  name: string;
  title: string;
  fields: string[];
}

export interface Connection {
  meaning: string;
  title: string;
  description: string;
  sources: string[];
  targets: string[];
  schema: JsonSchema;
}

/** A node type as `GET /templates` publishes it. */
export interface Template {
  type: string;
  display_name: string;
  description: string;
  icon: string;
  category: string;
  kind: string | null;
  schema: JsonSchema;
  ui: { groups: Section[] };
  defaults: JsonObject;
  connections: Connection[];
}

export interface Problem {
  node_id: string | null;
  edge_id: string | null;
  field: string | null;
  severity: "error" | "warning";
  code: string;
  message: string;
}

export interface Workflow extends Graph {
  id: string;
  name: string;
  description: string;
  status: string;
  cluster: string | null;
  namespace: string;
  role: "owner" | "editor" | "viewer";
  updated_at: string;
}

export interface Cluster {
  id: string;
  name: string;
  display_name: string;
  status: string;
  access: string;
  is_default: boolean;
}

export type PlanAction = "create" | "update" | "unchanged" | "delete" | "replace" | "keep" | "refused";

interface PlanChange {
  path: string;
  from: Json;
  to: Json;
}

export interface PlanRow {
  node_id: string | null;
  api_version: string;
  kind: string;
  namespace: string;
  name: string;
  action: PlanAction;
  verified: boolean;
  diff: PlanChange[];
  reason?: string;
}

export interface Plan {
  summary: Partial<Record<PlanAction, number>>;
  objects: PlanRow[];
}

export type NodeState =
  | "idle"
  | "pending"
  | "applying"
  | "waiting"
  | "healthy"
  | "degraded"
  | "failed"
  | "deleted";

export interface ObjectStatus {
  kind: string;
  namespace?: string;
  name: string;
  health: string;
  reason: string;
  message?: string;
}

export interface NodeStatus {
  node_id: string;
  state: NodeState;
  health: string;
  message: string;
  /** Pods; null where none are counted. */
  replicas?: { ready: number; wanted: number } | null;
  last_change?: NodeChange | null;
  objects: ObjectStatus[];
  urls?: Address[];
}

/** `from` and `to`: states, `1/2` for replicas, or messages. */
export interface NodeChange {
  what: "state" | "replicas" | "message" | "objects";
  from: string | null;
  to: string | null;
  at: string;
}

/** How to reach a node: a link, or the command that opens one. */
export interface Address {
  type: string;
  url: string;
  text: string;
}

export type RunState = "deploying" | "succeeded" | "failed" | "cancelling" | "cancelled" | "rolled_back";

/** The run as the status stream tells it. */
export interface LiveRun {
  run_id: string;
  status: RunState;
  phase?: string;
  version: number;
  wave: number;
  waves: number;
  message: string;
}

export interface LogLine {
  run_id: string;
  level: string;
  message: string;
  at: string;
}

/** A run as the list of past runs tells it. */
export interface Run {
  id: string;
  status: RunState;
  phase?: string;
  version: number | null;
  message: string;
  error?: string;
  cluster?: string | null;
  namespace?: string;
  operation?: string;
  /** How many objects it was to make, change and so on. */
  changes?: Partial<Record<PlanAction, number>> | null;
  created_at: string;
  finished_at?: string | null;
}

export interface Version {
  version: number;
  name: string;
  description: string;
  tag: string;
  is_automatic: boolean;
  created_at: string;
  restored_from?: number | null;
}
