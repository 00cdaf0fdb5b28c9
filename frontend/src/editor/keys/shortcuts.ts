/** Which key does what: the one list that the listener and the sheet both read. Pure. */

import { t } from "../texts";

export type Action =
  | "add"
  | "connect"
  | "connectBack"
  | "delete"
  | "undo"
  | "redo"
  | "duplicate"
  | "note"
  | "group"
  | "ungroup"
  | "fold"
  | "all"
  | "fit"
  | "zoomIn"
  | "zoomOut"
  | "arrange"
  | "run"
  | "plan"
  | "save"
  | "problems"
  | "escape"
  | "help";

export interface Shortcut {
  group: keyof typeof t.keys.groups;
  text: string;
  /** As shown; several ways to do the same. */
  keys: string[][];
  action?: Action;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { group: "draw", text: t.keys.add, keys: [["/"]], action: "add" },
  { group: "draw", text: t.keys.connect, keys: [["c"]], action: "connect" },
  { group: "draw", text: t.keys.connectBack, keys: [["shift", "c"]], action: "connectBack" },
  { group: "draw", text: t.keys.delete, keys: [["delete"], ["Backspace"]], action: "delete" },
  { group: "draw", text: t.keys.undo, keys: [["mod", "z"]], action: "undo" },
  {
    group: "draw",
    text: t.keys.redo,
    keys: [
      ["mod", "shift", "z"],
      ["mod", "y"],
    ],
    action: "redo",
  },
  { group: "draw", text: t.keys.copy, keys: [["mod", "c"]] },
  { group: "draw", text: t.keys.cut, keys: [["mod", "x"]] },
  { group: "draw", text: t.keys.paste, keys: [["mod", "v"]] },
  { group: "draw", text: t.keys.duplicate, keys: [["mod", "d"]], action: "duplicate" },
  { group: "draw", text: t.keys.note, keys: [["n"]], action: "note" },
  { group: "draw", text: t.keys.group, keys: [["mod", "g"]], action: "group" },
  { group: "draw", text: t.keys.ungroup, keys: [["mod", "shift", "g"]], action: "ungroup" },
  { group: "draw", text: t.keys.fold, keys: [["e"]], action: "fold" },
  { group: "draw", text: t.keys.all, keys: [["mod", "a"]], action: "all" },
  { group: "draw", text: t.keys.several, keys: [["shift"]] },
  { group: "draw", text: t.keys.move, keys: [["←"], ["→"], ["↑"], ["↓"]] },
  { group: "draw", text: t.keys.arrange, keys: [["t"]], action: "arrange" },
  { group: "look", text: t.keys.fit, keys: [["f"]], action: "fit" },
  { group: "look", text: t.keys.zoomIn, keys: [["+"]], action: "zoomIn" },
  { group: "look", text: t.keys.zoomOut, keys: [["-"]], action: "zoomOut" },
  { group: "look", text: t.keys.pan, keys: [["Space"]] },
  { group: "look", text: t.keys.problems, keys: [["p"]], action: "problems" },
  { group: "do", text: t.keys.run, keys: [["mod", "enter"]], action: "run" },
  { group: "do", text: t.keys.plan, keys: [["mod", "shift", "enter"]], action: "plan" },
  { group: "do", text: t.keys.save, keys: [["mod", "s"]], action: "save" },
  { group: "do", text: t.keys.escape, keys: [["escape"]], action: "escape" },
  { group: "do", text: t.keys.help, keys: [["?"]], action: "help" },
];

/** A pressed key, by what it says and not by where it lies: `?` and `/` need Shift on some keyboards. */
export interface Press {
  key: string;
  hasMod: boolean;
  hasShift: boolean;
}

const NAMES: Record<string, string> = { delete: "Delete", enter: "Enter", escape: "Escape" };

export function actionOf(press: Press): Action | undefined {
  return SHORTCUTS.find(({ action, keys }) => action && keys.some((combination) => fits(combination, press)))
    ?.action;
}

function fits(combination: readonly string[], press: Press): boolean {
  const key = combination.at(-1) ?? "";
  const name = NAMES[key] ?? key;
  if (combination.includes("mod") !== press.hasMod) return false;
  if (name.length === 1 && !/[a-z]/.test(name)) return press.key === name;
  return press.key.toLowerCase() === name.toLowerCase() && combination.includes("shift") === press.hasShift;
}
