/** A JSON patch of the graph, in words that one who drew it understands. Pure. */
import { nodeName } from "../model/names";
import type { Graph, Json } from "../model/types";

export interface PatchLine {
  op: "add" | "replace" | "remove";
  /** Whose: the name of a node, or nothing where a whole node or connection comes or goes. */
  where: string;
  path: string;
  from: Json;
  to: Json;
}

export function patchLines(patch: readonly Record<string, unknown>[], graph: Graph): PatchLine[] {
  return patch.flatMap((step) => {
    const op = step.op;
    if (op !== "add" && op !== "replace" && op !== "remove") return [];
    const parts = partsOf(String(step.path ?? ""));
    const to = (step.value ?? null) as Json;
    const [list, index, ...rest] = parts;
    if (list === "nodes" && rest.length > 0) {
      const node = graph.nodes[Number(index)];
      const path = rest[0] === "data" ? rest.slice(1) : rest;
      const from = op === "add" ? null : at(node, rest);
      return [
        { op, where: node ? nodeName(node) || node.id : (index ?? ""), path: path.join("."), from, to },
      ];
    }
    return [{ op, where: "", path: parts.join("."), from: op === "add" ? null : at(graph, parts), to }];
  });
}

function partsOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function at(value: unknown, parts: readonly string[]): Json {
  let found: unknown = value;
  for (const part of parts) {
    if (typeof found !== "object" || found === null) return null;
    found = (found as Record<string, unknown>)[part];
  }
  return (found ?? null) as Json;
}
