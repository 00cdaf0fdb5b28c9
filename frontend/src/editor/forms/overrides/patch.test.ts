import { describe, expect, it } from "vitest";
import { readPatch, written } from "./patch";

describe("a patch as text", () => {
  it("is read", () => {
    expect(readPatch("spec:\n  paused: true\n")).toEqual({ value: { spec: { paused: true } }, fault: "" });
  });

  it("comes back as it was", () => {
    const value = { spec: { template: { spec: { tolerations: [{ key: "a", operator: "Exists" }] } } } };
    expect(readPatch(written(value)).value).toEqual(value);
  });

  it.each(["", "   \n", "# nothing yet"])("is none for %j", (text) => {
    expect(readPatch(text)).toEqual({ value: undefined, fault: "" });
  });

  it.each(["spec: [", "a: 1\na: 2", "- one", "text", "a: &x 1\nb: *x"])("is refused for %j", (text) => {
    const read = readPatch(text);
    expect(read.fault).not.toBe("");
    expect(read.fault).not.toContain("\n");
  });
});
