import { describe, expect, it } from "vitest";
import { conditionsOf, factsOf } from "./facts";

describe("what is said of an object", () => {
  it("has a line for each fact that says something", () => {
    const facts = factsOf({
      desired: 2,
      images: ["a:1", "b:2"],
      ip: "",
      selector: { app: "web" },
      odd_one: 3,
    });
    expect(facts.map((fact) => [fact.label, fact.text])).toEqual([
      ["Images", "a:1\nb:2"],
      ["Selects", "app=web"],
      ["Odd one", "3"],
    ]);
  });

  it("knows which conditions are good when they are false", () => {
    const conditions = conditionsOf({
      status: {
        conditions: [
          { type: "Ready", status: "True" },
          { type: "Available", status: "False", reason: "Few" },
          { type: "MemoryPressure", status: "False" },
          { type: "DiskPressure", status: "Unknown" },
          "nonsense",
        ],
      },
    });
    expect(conditions.map((each) => each.tone)).toEqual(["ok", "warn", "ok", "neutral"]);
    expect(conditionsOf(null)).toEqual([]);
    expect(conditionsOf({ status: "odd" })).toEqual([]);
  });
});
