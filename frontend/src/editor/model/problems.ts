/** The server's problems, arranged by the place that they are about. */

import type { Problem } from "./types";

export interface ProblemIndex {
  all: readonly Problem[];
  byNode: Readonly<Record<string, readonly Problem[]>>;
  byEdge: Readonly<Record<string, readonly Problem[]>>;
  errors: number;
  warnings: number;
}

export function indexProblems(all: readonly Problem[]): ProblemIndex {
  const byNode: Record<string, Problem[]> = {};
  const byEdge: Record<string, Problem[]> = {};
  let errors = 0;
  for (const problem of all) {
    if (problem.severity === "error") errors += 1;
    if (problem.edge_id) push(byEdge, problem.edge_id, problem);
    else if (problem.node_id) push(byNode, problem.node_id, problem);
  }
  return { all, byNode, byEdge, errors, warnings: all.length - errors };
}

function push(index: Record<string, Problem[]>, key: string, problem: Problem): void {
  const list = index[key];
  if (list) list.push(problem);
  else index[key] = [problem];
}

/** What is wrong with exactly this field. */
export function problemsAt(problems: readonly Problem[], path: string): readonly Problem[] {
  return problems.filter((problem) => problem.field === path);
}

/** What is wrong with this field or anything inside it. */
export function problemsWithin(problems: readonly Problem[], path: string): readonly Problem[] {
  return problems.filter((problem) => problem.field === path || problem.field?.startsWith(`${path}.`));
}

/** The same sentence without the node's name in front, for a place where the node is plain to see. */
export function shortMessage(problem: Problem): string {
  const rest = /^[^"]{1,80}"[^"]*": (.+)$/s.exec(problem.message)?.[1] ?? problem.message;
  const field = problem.field;
  const text = field && rest.startsWith(`${field} `) ? rest.slice(field.length + 1) : rest;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function worstSeverity(problems: readonly Problem[]): "error" | "warning" | null {
  if (problems.length === 0) return null;
  return problems.some((problem) => problem.severity === "error") ? "error" : "warning";
}
