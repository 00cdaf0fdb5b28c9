/** What a person can do to the picture, whichever way they ask for it: pointer, key, menu or palette. */

import { arrange } from "./layout/arrange";
import { copyOf, fromText, placed, toText } from "./model/clipboard";
import { absolute, addNodes, freePlace, moveNodes, newEdge, newNode, remove } from "./model/edits";
import { BOX_HEIGHT, BOX_WIDTH } from "./model/flow";
import {
  type Axis,
  align,
  distribute,
  foldsOf,
  groupNodes,
  isFolded,
  type Side,
  setFolded,
  ungroup,
} from "./model/groups";
import { freeName, nodeName } from "./model/names";
import type { Match, Rules } from "./model/rules";
import type { Graph, Point, Template } from "./model/types";
import type { FlowStore } from "./stores/flow";
import type { GraphStore } from "./stores/graph";
import type { SelectionStore } from "./stores/selection";
import type { Pull } from "./stores/view";

interface Parts {
  graph: GraphStore;
  selection: SelectionStore;
  flow: FlowStore;
  rules: Rules;
}

/** Room for a line and its words. */
const BESIDE = 128;

export type Commands = ReturnType<typeof createCommands>;

export function createCommands({ graph, selection, flow, rules }: Parts) {
  const current = () => graph.getState().graph;
  const edit = (change: (graph: Graph) => Graph, key?: string) => graph.getState().edit(change, key);
  const select = selection.getState().select;

  const asWished = (centre: Point): Point => ({ x: centre.x - BOX_WIDTH / 2, y: centre.y - BOX_HEIGHT / 2 });

  /** Exactly where it was dropped, or as near to the wish as there is room. */
  function add(template: Template, centre: Point, isExact = false): string {
    const size = { width: BOX_WIDTH, height: BOX_HEIGHT };
    const place = isExact ? asWished(centre) : freePlace(current(), centre, size);
    const node = newNode(current(), template, place);
    edit((before) => addNodes(before, [node]));
    select([node.id]);
    return node.id;
  }

  function matchOf(pull: Pull, otherId: string): Match | undefined {
    const other = current().nodes.find((node) => node.id === otherId);
    return other && other.id !== pull.nodeId ? rules.pull(pull.type, other.type, pull.end) : undefined;
  }

  function ends(pull: Pull, otherId: string, match: Match): [string, string] {
    return match.isFlipped ? [otherId, pull.nodeId] : [pull.nodeId, otherId];
  }

  /** Draws the line in the direction that has a meaning; nothing when there is none. */
  function connect(pull: Pull, otherId: string): boolean {
    const match = matchOf(pull, otherId);
    if (!match) return false;
    const edge = newEdge(...ends(pull, otherId, match));
    edit((before) => addNodes(before, [], [edge]));
    select([], [edge.id]);
    return true;
  }

  /** A new box with its line; without a wish it goes beside the one it is connected to, where there is room. */
  function addConnected(template: Template, pull: Pull, centre: Point | null): void {
    const node = newNode(current(), template, centre ? asWished(centre) : placeBeside(pull));
    const match = rules.pull(pull.type, template.type, pull.end);
    // The address of a program is called as the program, wherever that name is free.
    const from = current().nodes.find((each) => each.id === pull.nodeId);
    if (template.type === "service" && match && from && nodeName(from))
      node.data = { ...node.data, name: freeName(current(), template.type, nodeName(from)) };
    const edges = match ? [newEdge(...ends(pull, node.id, match))] : [];
    edit((before) => addNodes(before, [node], edges));
    select([node.id]);
  }

  function placeBeside(pull: Pull): Point {
    const from = current().nodes.find((node) => node.id === pull.nodeId);
    const at = from ? absolute(current(), from) : { x: 0, y: 0 };
    const far = (BOX_WIDTH + BESIDE) * (pull.end === "source" ? 1 : -1);
    const size = { width: BOX_WIDTH, height: BOX_HEIGHT };
    return freePlace(current(), { x: at.x + far + BOX_WIDTH / 2, y: at.y + BOX_HEIGHT / 2 }, size);
  }

  const sizeOf = (id: string) => {
    const measured = flow.getState().nodes.find((box) => box.id === id)?.measured;
    return { width: measured?.width ?? BOX_WIDTH, height: measured?.height ?? BOX_HEIGHT };
  };

  function group(): void {
    const template = rules.template("group");
    const made = template && groupNodes(current(), selection.getState().nodeIds, template, sizeOf);
    if (!made) return;
    edit(() => made.graph);
    select([made.frameId]);
  }

  /** Folds these frames, or opens them when all are folded. */
  function fold(ids: Iterable<string>): void {
    const chosen = new Set(ids);
    const frames = current().nodes.filter((node) => chosen.has(node.id) && node.type === "group");
    const isOpen = frames.some((node) => !isFolded(node));
    edit((before) => setFolded(before, chosen, isOpen));
  }

  function unfold(ids: readonly string[]): void {
    const folds = foldsOf(current());
    edit((before) => setFolded(before, new Set(ids.map((id) => folds.get(id) ?? id)), false));
  }

  function removeSelected(): void {
    const { nodeIds, edgeIds } = selection.getState();
    edit((before) => remove(before, nodeIds, edgeIds));
    select([]);
  }

  function insert(part: Graph, at?: Point): void {
    const copy = placed(current(), part, at);
    edit((before) => addNodes(before, copy.nodes, copy.edges));
    select(copy.nodes.map((node) => node.id));
  }

  return {
    add,
    addConnected,
    connect,
    matchOf,
    removeSelected,
    group,
    fold,
    unfold,
    foldSelected: () => fold(selection.getState().nodeIds),
    ungroup: () => edit((before) => ungroup(before, selection.getState().nodeIds)),
    align: (side: Side) => edit((before) => align(before, selection.getState().nodeIds, side, sizeOf)),
    distribute: (axis: Axis) =>
      edit((before) => distribute(before, selection.getState().nodeIds, axis, sizeOf)),
    removeEdge: (id: string) => {
      edit((before) => remove(before, new Set(), new Set([id])));
      select([]);
    },
    copyText: (): string | null => {
      const part = copyOf(current(), selection.getState().nodeIds);
      return part.nodes.length > 0 ? toText(part) : null;
    },
    paste: (text: string, at?: Point): boolean => {
      const part = fromText(text, rules);
      if (part) insert(part, at);
      return part !== null;
    },
    duplicate: () => {
      const part = copyOf(current(), selection.getState().nodeIds);
      if (part.nodes.length > 0) insert(part);
    },
    selectAll: () => {
      const { nodes, edges } = current();
      select(
        nodes.map((node) => node.id),
        edges.map((edge) => edge.id),
      );
    },
    undo: () => graph.getState().undo(),
    redo: () => graph.getState().redo(),
    arrange: async () => {
      const { nodes, edges } = current();
      const frameOf = new Map(nodes.map((node) => [node.id, node.parentId ?? node.id]));
      const sizes = new Map(flow.getState().nodes.map((box) => [box.id, box.measured]));
      const places = await arrange({
        boxes: nodes
          .filter((node) => !node.parentId)
          .map((node) => ({
            id: node.id,
            width: sizes.get(node.id)?.width ?? BOX_WIDTH,
            height: sizes.get(node.id)?.height ?? BOX_HEIGHT,
          })),
        lines: edges
          .map((edge) => ({
            source: frameOf.get(edge.source) ?? edge.source,
            target: frameOf.get(edge.target) ?? edge.target,
          }))
          .filter((line) => line.source !== line.target),
      });
      edit((before) => moveNodes(before, new Map(Object.entries(places))));
    },
    /** Shows the place that a problem is about, with its form open at the field. */
    goTo: (nodeId: string | null, edgeId: string | null, field: string | null) => {
      if (edgeId) select([], [edgeId], field);
      else if (nodeId) unfold([nodeId]);
      if (nodeId && !edgeId) select([nodeId], [], field);
    },
    nameOf: (nodeId: string) => {
      const node = current().nodes.find((each) => each.id === nodeId);
      return node ? nodeName(node) || rules.template(node.type)?.display_name || node.id : nodeId;
    },
  };
}
