/** Between the graph as it is kept and the boxes and lines that React Flow draws. What did not change keeps its
 * identity, so that nothing is drawn twice. */

import type { Edge, Node } from "@xyflow/react";
import { edgeLabel } from "./labels";
import { nodeName } from "./names";
import type { Rules } from "./rules";
import type { Graph, GraphEdge, GraphNode, Template } from "./types";

export type BoxData = { node: GraphNode; template: Template | undefined };
export type FlowNode = Node<BoxData, "box" | "note" | "group">;
export type LineData = { edge: GraphEdge; label: string; meaning: string; offset: number };
export type FlowEdge = Edge<LineData, "line">;

export const BOX_WIDTH = 232;
export const BOX_HEIGHT = 84;

function shapeOf(node: GraphNode): "box" | "note" | "group" {
  return node.type === "note" || node.type === "group" ? node.type : "box";
}

/** Boxes for a graph; `before` lends its measures, its selection and every box whose node is the same. */
export function toFlowNodes(graph: Graph, rules: Rules, before: readonly FlowNode[]): FlowNode[] {
  const known = new Map(before.map((box) => [box.id, box]));
  const ids = new Set(graph.nodes.map((node) => node.id));
  const boxes = graph.nodes.map((node) => toFlowNode(node, rules, known.get(node.id), ids));
  // A frame must come before what lies in it, and is drawn behind it.
  const frames = boxes.filter((box) => box.type === "group");
  return frames.length === 0 ? boxes : [...frames, ...boxes.filter((box) => box.type !== "group")];
}

function toFlowNode(
  node: GraphNode,
  rules: Rules,
  before: FlowNode | undefined,
  ids: ReadonlySet<string>,
): FlowNode {
  if (before?.data.node === node) return before;
  const template = rules.template(node.type);
  const shape = shapeOf(node);
  const ariaLabel = `${template?.display_name ?? node.type} ${nodeName(node)}`.trim();
  const box: FlowNode = {
    id: node.id,
    type: shape,
    position: node.position,
    data: { node, template },
    ariaLabel,
  };
  if (before?.measured) box.measured = before.measured;
  if (before?.selected) box.selected = true;
  if (node.parentId && ids.has(node.parentId)) box.parentId = node.parentId;
  if (shape === "group") return { ...box, zIndex: -1, width: node.width ?? 420, height: node.height ?? 280 };
  if (shape === "note" && node.width && node.height)
    return { ...box, width: node.width, height: node.height };
  return box;
}

export function toFlowEdges(graph: Graph, rules: Rules, before: readonly FlowEdge[]): FlowEdge[] {
  const known = new Map(before.map((line) => [line.id, line]));
  const types = new Map(graph.nodes.map((node) => [node.id, node.type]));
  const parallels = new Map<string, number>();
  return graph.edges.map((edge) => {
    const between = `${edge.source} ${edge.target}`;
    const offset = parallels.get(between) ?? 0;
    parallels.set(between, offset + 1);
    const connection = rules.connection(types.get(edge.source) ?? "", types.get(edge.target) ?? "");
    const meaning = connection?.meaning ?? "unknown";
    const line = known.get(edge.id);
    if (line?.data?.edge === edge && line.data.meaning === meaning && line.data.offset === offset)
      return line;
    const data: LineData = { edge, label: edgeLabel(edge, connection), meaning, offset };
    const next: FlowEdge = { id: edge.id, type: "line", source: edge.source, target: edge.target, data };
    return line?.selected ? { ...next, selected: true } : next;
  });
}
