/** What every field of one form shares: where its schema's parts are, what is wrong, and how to change a value. */

import { createContext, useContext } from "react";
import type { Defs } from "../model/fields";
import type { Path } from "../model/paths";
import { problemsAt, problemsWithin, shortMessage } from "../model/problems";
import type { Json, Problem } from "../model/types";

export interface FormContext {
  defs: Defs;
  problems: readonly Problem[];
  /** The type of node that is edited. */
  type?: string | undefined;
  /** The time zone of what is edited, where it has one. */
  zone?: string | undefined;
  /** The registry that it names, where it is pushed to one. */
  registry?: string | undefined;
  onChange: (path: Path, value: Json | undefined) => void;
}

export const Form = createContext<FormContext>({ defs: {}, problems: [], onChange: () => undefined });

export function useForm(): FormContext {
  return useContext(Form);
}

export interface FieldTrouble {
  message: string;
  severity: "error" | "warning";
}

/** The first thing that is wrong with exactly this place. */
export function useTrouble(path: string): FieldTrouble | null {
  const found = problemsAt(useForm().problems, path)[0];
  return found ? { message: shortMessage(found), severity: found.severity } : null;
}

/** How much is wrong in here, for what is folded away. */
export function useTroubleWithin(path: string): number {
  return problemsWithin(useForm().problems, path).length;
}
