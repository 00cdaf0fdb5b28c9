import { expect, it } from "vitest";
import { t } from "../texts";
import { fateOf } from "./tones";

const object = { kind: "ConfigMap", name: "settings", health: "unknown" };

it("says nothing of what was never deployed", () => {
  expect(fateOf({ state: "idle", objects: [] })).toBe("");
});

it("says that another workflow manages it now", () => {
  expect(fateOf({ state: "idle", objects: [{ ...object, reason: "TakenOver" }] })).toBe(t.takenOver);
});

it("says how it fares otherwise", () => {
  expect(fateOf({ state: "healthy", objects: [{ ...object, reason: "" }] })).toBe(t.states.healthy);
  expect(fateOf({ state: "degraded", objects: [{ ...object, reason: "TakenOver" }] })).toBe(
    t.states.degraded,
  );
});
