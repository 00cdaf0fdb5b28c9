/** Finding a node type by what a person types: the best match first. */

import { t } from "../texts";
import type { Template } from "./types";

export interface TypeGroup {
  category: string;
  templates: Template[];
}

/** How well a type fits, lower is better; null when it does not. */
function rank(template: Template, words: string): number | null {
  const name = template.display_name.toLowerCase();
  if (name.startsWith(words) || template.type.startsWith(words)) return 0;
  if (name.split(" ").some((word) => word.startsWith(words))) return 1;
  if (name.includes(words) || template.type.includes(words)) return 2;
  // What a person calls it who does not know Kubernetes' names yet.
  const called = t.palette.words[template.type] ?? [];
  if (called.some((word) => word.startsWith(words))) return 3;
  const also = `${template.kind ?? ""} ${template.category}`.toLowerCase();
  if (also.includes(words)) return 4;
  return words.length > 2 && template.description.toLowerCase().includes(words) ? 5 : null;
}

/** By category while nothing is typed; then the matches alone, the best first. */
export function findTypes(templates: readonly Template[], text: string): TypeGroup[] {
  const words = text.trim().toLowerCase();
  if (words === "") return byCategory(templates);
  const ranked = templates
    .map((template) => ({ template, rank: rank(template, words) }))
    .filter((each): each is { template: Template; rank: number } => each.rank !== null)
    .toSorted((a, b) => a.rank - b.rank);
  return ranked.length === 0 ? [] : [{ category: "", templates: ranked.map((each) => each.template) }];
}

function byCategory(templates: readonly Template[]): TypeGroup[] {
  const groups = new Map<string, Template[]>();
  for (const template of templates) {
    const list = groups.get(template.category);
    if (list) list.push(template);
    else groups.set(template.category, [template]);
  }
  return [...groups].map(([category, list]) => ({ category, templates: list }));
}
