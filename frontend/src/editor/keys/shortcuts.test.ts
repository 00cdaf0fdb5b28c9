import { describe, expect, it } from "vitest";
import { actionOf } from "./shortcuts";

const press = (key: string, mod = false, shift = false) => actionOf({ key, hasMod: mod, hasShift: shift });

describe("keys", () => {
  it.each([
    ["/", false, false, "add"],
    ["/", false, true, "add"],
    ["?", false, true, "help"],
    ["z", true, false, "undo"],
    ["Z", true, true, "redo"],
    ["y", true, false, "redo"],
    ["Delete", false, false, "delete"],
    ["Backspace", false, false, "delete"],
    ["Enter", true, false, "run"],
    ["Enter", true, true, "plan"],
    ["Escape", false, false, "escape"],
    ["f", false, false, "fit"],
    ["g", true, false, "group"],
    ["G", true, true, "ungroup"],
    ["e", false, false, "fold"],
    ["c", false, false, "connect"],
    ["C", false, true, "connectBack"],
  ])("%s (mod %s, shift %s) does %s", (key, mod, shift, action) => {
    expect(press(key, mod, shift)).toBe(action);
  });

  it("leaves the browser its own", () => {
    expect(press("f", true)).toBeUndefined();
    expect(press("r", true)).toBeUndefined();
    expect(press("c", true)).toBeUndefined();
    expect(press("z")).toBeUndefined();
  });
});
