/** What changed of a node last, as a sentence. */

import { formatTime } from "@/ui";
import type { NodeChange, NodeState } from "../model/types";
import { t } from "../texts";

export function sentenceOf({ what, from, to }: NodeChange): string {
  const words = t.lastChange;
  if (what === "state") return words.state(from === null ? "" : stateOf(from), stateOf(to ?? ""));
  if (what === "replicas") return words.replicas(...(to ?? "").split("/"));
  if (what === "message") return to === null ? words.noMessage : words.message(to);
  return words.objects;
}

export function sentenceWithTime(change: NodeChange): string {
  return `${formatTime(change.at)}: ${sentenceOf(change)}`;
}

const stateOf = (name: string): string => t.states[name as NodeState] ?? name;
