/** Between the graph as it is kept and the boxes and lines that React Flow draws. What did not change keeps its
 * identity, so that nothing is drawn twice. */

import { type Edge, type Node, Position } from "@xyflow/react";
import { foldsOf, isFolded } from "./groups";
import { edgeLabel } from "./labels";
import { nodeName } from "./names";
import type { Rules } from "./rules";
import type { Graph, GraphEdge, GraphNode, Template } from "./types";

type BoxData = { node: GraphNode; template: Template | undefined };
export type FlowNode = Node<BoxData, "box" | "note" | "group">;
type LineData = { edge: GraphEdge; label: string; meaning: string; offset: number; bundled: number };
export type FlowEdge = Edge<LineData, "line">;

export const BOX_WIDTH = 232;
export const BOX_HEIGHT = 84;

/** How a box will be until it is measured: with it lines can be drawn, and what is in sight found, before any box is. */
const HANDLE_SIZE = { y: 23, width: 10, height: 10 };
const SUPPOSED: Pick<FlowNode, "measured" | "handles"> = {
  measured: { width: BOX_WIDTH, height: BOX_HEIGHT },
  handles: [
    { id: "target", type: "target", position: Position.Left, x: -5, ...HANDLE_SIZE },
    { id: "source", type: "source", position: Position.Right, x: BOX_WIDTH - 5, ...HANDLE_SIZE },
  ],
};

/** Notes and frames are for people: they become no object. */
export const isForEye = (node: GraphNode): boolean => shapeOf(node) !== "box";

function shapeOf(node: GraphNode): "box" | "note" | "group" {
  return node.type === "note" || node.type === "group" ? node.type : "box";
}

/** Boxes for a graph; `before` lends its measures, its selection and every box whose node is the same. */
export function toFlowNodes(graph: Graph, rules: Rules, before: readonly FlowNode[]): FlowNode[] {
  const known = new Map(before.map((box) => [box.id, box]));
  const ids = new Set(graph.nodes.map((node) => node.id));
  const folds = foldsOf(graph);
  const boxes = graph.nodes.map((node) =>
    toFlowNode(node, rules, known.get(node.id), ids, folds.has(node.id)),
  );
  // A frame must come before what lies in it, and is drawn behind it.
  const frames = boxes.filter((box) => box.type === "group");
  return frames.length === 0 ? boxes : [...frames, ...boxes.filter((box) => box.type !== "group")];
}

function toFlowNode(
  node: GraphNode,
  rules: Rules,
  before: FlowNode | undefined,
  ids: ReadonlySet<string>,
  isHidden: boolean,
): FlowNode {
  const template = rules.template(node.type);
  const isSame = before?.data.node === node && before.data.template === template;
  if (isSame && Boolean(before.hidden) === isHidden) return before;
  const shape = shapeOf(node);
  const ariaLabel = `${template?.display_name ?? node.type} ${nodeName(node)}`.trim();
  const box: FlowNode = {
    id: node.id,
    type: shape,
    position: node.position,
    data: { node, template },
    ariaLabel,
  };
  if (shape === "box") Object.assign(box, SUPPOSED);
  if (before?.measured) box.measured = before.measured;
  if (before?.selected) box.selected = true;
  if (node.parentId && ids.has(node.parentId)) box.parentId = node.parentId;
  if (isHidden) box.hidden = true;
  if (isFolded(node)) return { ...box, width: BOX_WIDTH, height: BOX_HEIGHT };
  if (shape === "group") return { ...box, zIndex: -1, width: node.width ?? 420, height: node.height ?? 280 };
  if (shape === "note" && node.width && node.height)
    return { ...box, width: node.width, height: node.height };
  return box;
}

/** Lines for a graph. What leads into a folded frame leads to the frame; several between the same two are one. */
export function toFlowEdges(graph: Graph, rules: Rules, before: readonly FlowEdge[]): FlowEdge[] {
  const known = new Map(before.map((line) => [line.id, line]));
  const types = new Map(graph.nodes.map((node) => [node.id, node.type]));
  const folds = foldsOf(graph);
  const parallels = new Map<string, number>();
  const bundles = bundlesOf(graph, folds);
  const lines: FlowEdge[] = [];
  for (const edge of graph.edges) {
    const [source, target] = [folds.get(edge.source) ?? edge.source, folds.get(edge.target) ?? edge.target];
    const between = `${source} ${target}`;
    const bundled = bundles.get(between) ?? 0;
    const offset = parallels.get(between) ?? 0;
    if ((source === target && source !== edge.source) || (bundled > 1 && offset > 0)) continue;
    parallels.set(between, offset + 1);
    const connection = rules.connection(types.get(edge.source) ?? "", types.get(edge.target) ?? "");
    const meaning = connection?.meaning ?? "unknown";
    const data: LineData = { edge, label: edgeLabel(edge, connection), meaning, offset, bundled };
    lines.push(sameLine(known.get(edge.id), source, target, data));
  }
  return lines;
}

/** How many lines of folded frames go between the same two. */
function bundlesOf(graph: Graph, folds: ReadonlyMap<string, string>): Map<string, number> {
  const bundles = new Map<string, number>();
  if (folds.size === 0) return bundles;
  for (const { source, target } of graph.edges) {
    if (!folds.has(source) && !folds.has(target)) continue;
    const between = `${folds.get(source) ?? source} ${folds.get(target) ?? target}`;
    bundles.set(between, (bundles.get(between) ?? 0) + 1);
  }
  return bundles;
}

function sameLine(line: FlowEdge | undefined, source: string, target: string, data: LineData): FlowEdge {
  const isSame =
    line?.data?.edge === data.edge &&
    line.source === source &&
    line.target === target &&
    line.data.meaning === data.meaning &&
    line.data.offset === data.offset &&
    line.data.bundled === data.bundled;
  if (isSame) return line;
  const next: FlowEdge = { id: data.edge.id, type: "line", source, target, data };
  if (data.bundled > 1) return { ...next, selectable: false };
  return line?.selected ? { ...next, selected: true } : next;
}
