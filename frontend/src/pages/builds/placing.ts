/** An image put into a graph: into a workload that is there, or into a new one. Pure. */
import { addNodes, freePlace, setNodeValue, snapped } from "@/editor/model/edits";
import { freeName, newId, nodeName } from "@/editor/model/names";
import type { Graph, GraphNode } from "@/editor/model/types";

const WORKLOADS = new Set(["deployment", "statefulset", "daemonset", "job", "cronjob"]);

/** Those whose image is their own: what a build gives its image to has no other. */
export function placesOf(graph: Graph): GraphNode[] {
  const builds = new Set(graph.nodes.filter((node) => node.type === "build").map((node) => node.id));
  const fed = new Set(graph.edges.filter((edge) => builds.has(edge.source)).map((edge) => edge.target));
  return graph.nodes.filter((node) => WORKLOADS.has(node.type) && !fed.has(node.id));
}

/** About what a node takes up. */
const BOX = { width: 240, height: 88 };

export interface Placed {
  graph: Graph;
  nodeId: string;
}

/** Without a node in a new deployment, named after the image. */
export function withImage(graph: Graph, nodeId: string | null, image: string): Placed {
  if (nodeId !== null) return { graph: setNodeValue(graph, nodeId, ["image"], image), nodeId };
  const name = freeName(graph, "deployment", nameFrom(image));
  const node = { id: newId("deployment"), type: "deployment", data: { name, image } };
  const position = snapped(freePlace(graph, { x: 0, y: 0 }, BOX));
  return { graph: addNodes(graph, [{ ...node, position }]), nodeId: node.id };
}

export function labelOf(node: GraphNode): string {
  return nodeName(node) || node.type;
}

/** registry.example.com/team/My_App@sha256:… is called my-app. */
function nameFrom(image: string): string {
  const last = (image.split("@")[0] ?? "").split("/").at(-1) ?? "";
  return (
    last
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 50) || "app"
  );
}
