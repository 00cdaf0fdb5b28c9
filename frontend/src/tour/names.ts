/** The steps of the tour, in order. */
export const STEP_NAMES = [
  "add",
  "image",
  "connect",
  "port",
  "plan",
  "run",
  "green",
  "logs",
  "break",
  "repair",
  "end",
] as const;

export type StepName = (typeof STEP_NAMES)[number];

/** What may be left out: it is practice for a bad day. */
export const OPTIONAL: ReadonlySet<StepName> = new Set(["break", "repair"]);

export const isStepName = (value: unknown): value is StepName => STEP_NAMES.some((name) => name === value);

export const placeOf = (name: StepName): number => STEP_NAMES.indexOf(name) + 1;

export function next(name: StepName): StepName {
  return STEP_NAMES[placeOf(name)] ?? "end";
}
