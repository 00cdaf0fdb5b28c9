/** Which edges may be drawn and what they mean; known only from what the templates say of themselves. */

import type { Connection, Template } from "./types";

/** An edge that may be drawn between two nodes, in the only direction that has a meaning. */
export interface Match {
  connection: Connection;
  /** Drawn from the second node to the first: the person pulled the line the other way round. */
  isFlipped: boolean;
}

/** The handle of the second node that the line arrives at. */
export function landingEnd(match: Match): "source" | "target" {
  return match.isFlipped ? "source" : "target";
}

/** Kinds that only a cluster describes are too many to be listed: `crd:*` stands for each of them. */
const family = (type: string) => (type.startsWith("crd:") ? "crd:*" : type);

const pair = (source: string, target: string) => `${source}\u0000${target}`;

export class Rules {
  private readonly known: Map<string, Template>;
  private readonly connections = new Map<string, Connection>();
  private kinds: readonly string[] = [];

  constructor(templates: readonly Template[]) {
    this.known = new Map(templates.map((template) => [template.type, template]));
    for (const template of templates) this.learn(template);
  }

  get templates(): ReadonlyMap<string, Template> {
    return this.known;
  }

  /** The kinds that one cluster describes, in the place of those of another; false when nothing is new by that. */
  learnKinds(templates: readonly Template[]): boolean {
    if (templates.length === 0 && this.kinds.length === 0) return false;
    for (const type of this.kinds) this.known.delete(type);
    this.kinds = templates.map((template) => template.type);
    for (const template of templates) {
      this.known.set(template.type, template);
      this.learn(template);
    }
    return true;
  }

  /** A template speaks only of pairs that it is part of itself. */
  private learn(template: Template): void {
    for (const connection of template.connections) {
      for (const source of connection.sources) {
        for (const target of connection.targets) {
          if ([source, target].some((each) => each === template.type || each === family(template.type))) {
            this.connections.set(pair(source, target), connection);
          }
        }
      }
    }
  }

  template(type: string): Template | undefined {
    return this.known.get(type);
  }

  /** What an edge in exactly this direction means. */
  connection(source: string, target: string): Connection | undefined {
    return (
      this.connections.get(pair(source, target)) ??
      this.connections.get(pair(source, family(target))) ??
      this.connections.get(pair(family(source), target))
    );
  }

  /** What a line pulled from `first` to `second` becomes: as it was pulled when that has a meaning, else turned. */
  match(first: string, second: string): Match | undefined {
    const forward = this.connection(first, second);
    if (forward) return { connection: forward, isFlipped: false };
    const backward = this.connection(second, first);
    return backward && { connection: backward, isFlipped: true };
  }

  /** The types that a line pulled out of `type` may end at; `end` is the handle it was pulled from. */
  partners(type: string, end: "source" | "target"): Template[] {
    return [...this.templates.values()].filter((other) => this.pull(type, other.type, end) !== undefined);
  }

  /** As `match`, for a line pulled from the left (target) or right (source) handle of the first node. */
  pull(first: string, second: string, end: "source" | "target"): Match | undefined {
    if (end === "source") return this.match(first, second);
    const found = this.match(second, first);
    return found && { connection: found.connection, isFlipped: !found.isFlipped };
  }

  /** Whether any edge can be drawn at this type at all, or begin (source) or end (target) there. */
  hasEnd(type: string, end?: "source" | "target"): boolean {
    const template = this.templates.get(type);
    // A type that is not known here keeps both handles, so that its lines are drawn.
    if (!template) return end !== undefined;
    if (end === undefined) return template.connections.length > 0;
    const side = end === "source" ? "sources" : "targets";
    return template.connections.some(
      (connection) => connection[side].includes(type) || connection[side].includes(family(type)),
    );
  }
}
