/** Ids that nothing else has, and object names that do not clash within their type. */

import type { Graph, GraphNode } from "./types";

export function newId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(5));
  return `${prefix}-${Array.from(bytes, (byte) => byte.toString(36).padStart(2, "0")).join("")}`;
}

export function nodeName(node: GraphNode): string {
  const name = node.data.name;
  return typeof name === "string" ? name : "";
}

/** `web` becomes `web-2`, `web-2` becomes `web-3`, until no node of this type has it. */
export function freeName(graph: Graph, type: string, wanted: string): string {
  if (wanted === "") return wanted;
  const taken = new Set(graph.nodes.filter((node) => node.type === type).map(nodeName));
  if (!taken.has(wanted)) return wanted;
  const [, stem = wanted, number] = /^(.*?)(?:-(\d{1,4}))?$/.exec(wanted) ?? [];
  for (let next = Number(number ?? 1) + 1; ; next += 1) {
    const name = `${stem}-${next}`;
    if (!taken.has(name)) return name;
  }
}
