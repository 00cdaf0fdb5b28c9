/** What of an open workflow its address holds, so that a reload or a link brings the same back. Pure. */
import type { DrawerTab } from "../stores/view";

const PANELS: readonly DrawerTab[] = ["run", "problems", "runs", "versions", "drift", "logs", "terminal"];
const KEYS = ["node", "panel", "of", "run", "show", "target"] as const;

/** Everything is optional: an address without any of it opens the picture alone. */
export interface Place {
  /** The one node that is selected. */
  node?: string | undefined;
  panel?: DrawerTab | undefined;
  /** The node whose logs or terminal the panel shows. */
  of?: string | undefined;
  /** The past run that is open. */
  run?: string | undefined;
  show?: "yaml" | undefined;
  target?: string | undefined;
}

export type Raw = Record<string, unknown>;

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined;

/** Whatever does not fit is dropped: a mistyped link still opens its workflow. */
export function placeOf(raw: Raw): Place {
  const panel = PANELS.find((each) => each === raw.panel);
  return {
    node: text(raw.node),
    panel,
    of: panel === "logs" || panel === "terminal" ? text(raw.of) : undefined,
    run: text(raw.run),
    show: raw.show === "yaml" ? "yaml" : undefined,
    target: text(raw.target),
  };
}

/** The address with `place` in it and all else as it was. */
export function withPlace(raw: Raw, place: Place): Raw {
  const rest = Object.fromEntries(Object.entries(raw).filter(([key]) => !KEYS.some((each) => each === key)));
  return { ...rest, ...Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined)) };
}

export function isSamePlace(one: Place, other: Place): boolean {
  return KEYS.every((key) => one[key] === other[key]);
}
