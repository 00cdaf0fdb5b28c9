/** The boxes and lines as React Flow holds them: measures, selection, and places while something is dragged. The graph
 * is the truth; what is dragged reaches it when it is let go. */

import { applyEdgeChanges, applyNodeChanges, type EdgeChange, type NodeChange } from "@xyflow/react";
import { createStore, type StoreApi } from "zustand/vanilla";
import { adoptIntoFrames, moveNodes, resizeNode } from "../model/edits";
import { type FlowEdge, type FlowNode, toFlowEdges, toFlowNodes } from "../model/flow";
import type { Rules } from "../model/rules";
import type { GraphStore } from "./graph";
import type { SelectionStore } from "./selection";

export interface FlowState {
  nodes: FlowNode[];
  edges: FlowEdge[];
  changeNodes: (changes: NodeChange<FlowNode>[]) => void;
  changeEdges: (changes: EdgeChange<FlowEdge>[]) => void;
  /** After more node types became known. */
  redraw: () => void;
}

export type FlowStore = StoreApi<FlowState>;

export function createFlowStore(graph: GraphStore, selection: SelectionStore, rules: Rules): FlowStore {
  const store = createStore<FlowState>()((set, get) => ({
    nodes: toFlowNodes(graph.getState().graph, rules, []),
    edges: toFlowEdges(graph.getState().graph, rules, []),
    changeNodes: (changes) => {
      set({ nodes: applyNodeChanges(changes, get().nodes) });
      if (changes.some((change) => change.type === "select")) tellSelection();
      keepMoves(changes);
      keepSizes(changes);
    },
    changeEdges: (changes) => {
      set({ edges: applyEdgeChanges(changes, get().edges) });
      if (changes.some((change) => change.type === "select")) tellSelection();
    },
    redraw,
  }));

  function redraw(): void {
    const now = graph.getState().graph;
    const { nodes, edges } = store.getState();
    store.setState({ nodes: toFlowNodes(now, rules, nodes), edges: toFlowEdges(now, rules, edges) });
    followSelection();
  }

  function tellSelection(): void {
    const { nodes, edges } = store.getState();
    selection.getState().select(
      nodes.filter((node) => node.selected).map((node) => node.id),
      edges.filter((edge) => edge.selected).map((edge) => edge.id),
    );
  }

  function keepMoves(changes: readonly NodeChange<FlowNode>[]): void {
    const landed = changes.filter((change) => change.type === "position" && change.dragging === false);
    if (landed.length === 0) return;
    const ids = new Set(landed.map((change) => ("id" in change ? change.id : "")));
    const at = new Map(store.getState().nodes.map((node) => [node.id, node.position]));
    const moved = new Map([...ids].map((id) => [id, at.get(id) ?? { x: 0, y: 0 }]));
    graph.getState().edit(
      (before) => {
        const after = moveNodes(before, moved);
        return after === before ? before : adoptIntoFrames(after, ids);
      },
      `move ${[...ids].join(" ")}`,
    );
  }

  function keepSizes(changes: readonly NodeChange<FlowNode>[]): void {
    for (const change of changes) {
      if (change.type !== "dimensions" || change.resizing !== false || !change.dimensions) continue;
      const box = store.getState().nodes.find((node) => node.id === change.id);
      const { width, height } = change.dimensions;
      if (box)
        graph.getState().edit((before) => resizeNode(before, box.id, box.position, width, height), "resize");
    }
  }

  graph.subscribe((state, before) => {
    if (state.graph !== before.graph) redraw();
  });

  function followSelection(): void {
    const { nodeIds, edgeIds } = selection.getState();
    const { nodes, edges } = store.getState();
    store.setState({ nodes: marked(nodes, nodeIds), edges: marked(edges, edgeIds) });
  }

  selection.subscribe(followSelection);
  return store;
}

/** The same list when every mark is right already. */
function marked<T extends { id: string; selected?: boolean }>(items: T[], ids: ReadonlySet<string>): T[] {
  if (items.every((item) => Boolean(item.selected) === ids.has(item.id))) return items;
  return items.map((item) =>
    Boolean(item.selected) === ids.has(item.id) ? item : { ...item, selected: ids.has(item.id) },
  );
}
