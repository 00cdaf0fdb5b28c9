/** What each step waits for, and where it points: read from what the editor holds, never from what was clicked. Pure. */

import { nodeName } from "@/editor/model/names";
import type { Graph, GraphNode, LiveRun, NodeStatus } from "@/editor/model/types";
import type { StepName } from "./names";

export interface Situation {
  graph: Graph;
  selected: ReadonlySet<string>;
  /** How many mistakes the server sees; it has seen the latest only when `isSaved`. */
  errors: number;
  isSaved: boolean;
  isRunOpen: boolean;
  /** A plan is on the screen. */
  hasPlan: boolean;
  drawer: string | null;
  run: LiveRun | null;
  nodes: Readonly<Record<string, NodeStatus>>;
  /** The cursor stands in a field of the form. */
  isTyping: boolean;
}

export interface Step {
  isDone: (now: Situation) => boolean;
  /** Where to look, as selectors; the first that is on the screen counts. */
  anchors: (now: Situation) => string[];
}

const firstOf = (graph: Graph, type: string) => graph.nodes.find((node) => node.type === type);
export const programOf = ({ graph }: Situation) => firstOf(graph, "deployment");
export const addressOf = ({ graph }: Situation) => firstOf(graph, "service");

const imageOf = (node: GraphNode | undefined) =>
  typeof node?.data.image === "string" ? node.data.image : "";

/** A name with a tag is complete; one without may be half typed. */
function isNamed(image: string, isTyping: boolean): boolean {
  return image !== "" && (/:./.test(image) || !isTyping);
}

function isJoined({ graph }: Situation): boolean {
  const types = new Map(graph.nodes.map((node) => [node.id, node.type]));
  return graph.edges.some(({ source, target }) => {
    const ends = [types.get(source), types.get(target)];
    return ends.includes("deployment") && ends.includes("service");
  });
}

const isOver = (run: LiveRun | null) => run?.status === "succeeded";

/** All that stands on the canvas and lives on the cluster fares well. */
function isGreen({ graph, nodes, run }: Situation): boolean {
  const known = graph.nodes.flatMap((node) => nodes[node.id] ?? []);
  return isOver(run) && known.length > 0 && known.every((status) => status.state === "healthy");
}

export function isRed({ graph, nodes }: Situation): boolean {
  return graph.nodes.some((node) => nodes[node.id]?.state === "failed");
}

const box = (node: GraphNode | undefined) => (node ? [`.react-flow__node[data-id="${node.id}"]`] : []);
const field = (node: GraphNode | undefined, key: string, now: Situation) =>
  node && now.selected.has(node.id) ? [`[data-testid="node-form"] [data-field="${key}"]`] : [];
const palette = (type: string) => [
  `[data-testid="palette-item"][data-type="${type}"]`,
  '[data-testid="palette-search"]',
];
const runButtons = (now: Situation) =>
  now.isRunOpen ? ['[data-testid="start-run"]'] : ['[data-testid="run-button"]'];

export const STEPS: Record<StepName, Step> = {
  add: { isDone: (now) => programOf(now) !== undefined, anchors: () => palette("deployment") },
  image: {
    isDone: (now) => now.isSaved && isNamed(imageOf(programOf(now)), now.isTyping),
    anchors: (now) => [...field(programOf(now), "image", now), ...box(programOf(now))],
  },
  connect: {
    isDone: isJoined,
    anchors: (now) => {
      const program = programOf(now);
      const handle = program ? [`.react-flow__node[data-id="${program.id}"] .react-flow__handle.target`] : [];
      return ['[data-testid="quick-add"] [data-type="service"]', ...handle];
    },
  },
  port: {
    isDone: (now) => now.isSaved && isJoined(now) && now.errors === 0,
    anchors: (now) => [...field(addressOf(now), "ports", now), ...box(addressOf(now))],
  },
  plan: {
    isDone: (now) => now.hasPlan || now.run !== null,
    anchors: (now) => (now.isRunOpen ? [] : ['[data-testid="plan-button"]']),
  },
  run: { isDone: (now) => now.run !== null, anchors: runButtons },
  green: {
    isDone: isGreen,
    anchors: (now) => (isRed(now) ? box(programOf(now)) : ['[data-testid="run-bar"]']),
  },
  logs: {
    isDone: (now) => now.drawer === "logs",
    anchors: (now) => ['[data-testid="node-logs"]', ...box(programOf(now))],
  },
  break: {
    isDone: isRed,
    anchors: (now) =>
      imageOf(programOf(now)).includes("does-not-exist") && now.isSaved
        ? runButtons(now)
        : [...field(programOf(now), "image", now), ...box(programOf(now))],
  },
  repair: {
    isDone: (now) => isGreen(now) && !imageOf(programOf(now)).includes("does-not-exist"),
    anchors: (now) => [
      ...(now.isRunOpen ? ['[data-testid="start-run"]'] : []),
      '[data-testid="fix-apply-run"]:not([disabled])',
      '[data-testid="fix"] [data-fix-value="image"]',
      '[data-testid="fix-button"]',
      ...box(programOf(now)),
    ],
  },
  end: { isDone: () => false, anchors: () => [] },
};

/** What the words of a step name. */
export const nameOf = (node: GraphNode | undefined): string => (node ? nodeName(node) : "");
