/** Where in a YAML text the cursor stands, by columns alone: what is being typed is seldom YAML already. */

export interface Place {
  /** The names above, outermost first; items of lists add none. */
  path: string[];
  /** What stands of the name that is being typed. */
  typed: string;
  /** The names that stand beside it already. */
  taken: ReadonlySet<string>;
}

interface Line {
  /** The column of the name. */
  column: number;
  /** The column of the last dash before it. */
  dash: number | null;
  name: string;
  isPair: boolean;
}

const LINE = /^(?<lead> *(?:- +)*)(?<name>[\w.$/-]*)(?<rest>:(?: .*)?)?$/;

function read(text: string): Line | null {
  const groups = LINE.exec(text)?.groups;
  if (!groups) return null;
  const lead = groups.lead ?? "";
  const dash = lead.lastIndexOf("-");
  return {
    column: lead.length,
    dash: dash < 0 ? null : dash,
    name: groups.name ?? "",
    isPair: groups.rest !== undefined,
  };
}

/** The place at the end of `before`; null where no name may stand: in a value, a comment, after a tab. */
export function placeOf(before: string, after = ""): Place | null {
  const lines = before.split("\n");
  const current = read(lines.at(-1) ?? "");
  if (!current || current.isPair) return null;
  const path: string[] = [];
  const taken = new Set<string>();
  // Above stands what is left of this column: what begins our item of a list moves it to its dash, since a list may
  // stand in the column of its own name.
  let limit = current.dash === null ? current.column : current.dash + 1;
  let isBeside = current.dash === null;
  for (const text of lines.slice(0, -1).reverse()) {
    const line = read(text);
    if (!line?.isPair) continue;
    if (isBeside && line.column === current.column) taken.add(line.name);
    if (line.column < limit) path.unshift(line.name);
    else if (line.dash === null || line.dash >= limit) continue;
    isBeside = false;
    limit = line.dash === null ? line.column : line.dash + 1;
  }
  return { path, typed: current.name, taken: new Set([...taken, ...namesAfter(after, current.column)]) };
}

function namesAfter(after: string, column: number): string[] {
  const names: string[] = [];
  for (const text of after.split("\n").slice(1)) {
    const line = read(text);
    if (!line || line.column > column) continue;
    if (line.column < column || line.dash !== null) break;
    if (line.isPair) names.push(line.name);
  }
  return names;
}
