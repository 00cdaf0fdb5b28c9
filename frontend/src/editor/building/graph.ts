/** Builds in a graph: which there are, who runs what they make, and how news of them gets in. Pure. */
import { setNodeValue } from "../model/edits";
import type { Graph, GraphNode } from "../model/types";

export const BUILD = "build";

/** Those whose image somebody runs. */
export function usedBuilds(graph: Graph): GraphNode[] {
  const sources = new Set(graph.edges.map((edge) => edge.source));
  return graph.nodes.filter((node) => node.type === BUILD && sources.has(node.id));
}

/** A build itself, or those whose image this one runs. */
export function buildsOf(graph: Graph, node: GraphNode): GraphNode[] {
  if (node.type === BUILD) return graph.nodes.filter((each) => each.id === node.id);
  const sources = new Set(graph.edges.filter((edge) => edge.target === node.id).map((edge) => edge.source));
  return graph.nodes.filter((each) => each.type === BUILD && sources.has(each.id));
}

export function builtOf(node: GraphNode): string {
  return typeof node.data.built === "string" ? node.data.built : "";
}

/** Whether a build could be asked for: there is a source, and a name for what comes of it. */
export function isBuildable(node: GraphNode): boolean {
  const { source, image } = node.data;
  const hasSource = typeof source === "object" && source !== null && !Array.isArray(source) && source.git_url;
  return Boolean(hasSource && image);
}

/** What the server set as the image of one build, put into a graph that may have other edits. */
export function withBuilt(nodeId: string): (mine: Graph, theirs: Graph) => Graph {
  return (mine, theirs) => {
    const found = theirs.nodes.find((node) => node.id === nodeId);
    const own = mine.nodes.find((node) => node.id === nodeId);
    const value = found && builtOf(found);
    if (!own || !value || builtOf(own) === value) return mine;
    return setNodeValue(mine, nodeId, ["built"], value);
  };
}
