import { describe, expect, it } from "vitest";
import { seconds, sharesOf } from "./durations";

describe("times of steps", () => {
  it("are said as exactly as they matter", () => {
    expect([0.01, 0.84, 9.96, 42.4, 61, 3720].map(seconds)).toEqual([
      "<0.1 s",
      "0.8 s",
      "10.0 s",
      "42 s",
      "1 min 1 s",
      "1 h 2 min",
    ]);
  });

  it("are drawn beside the longest", () => {
    expect(sharesOf([10, 5, 0.001, 0])).toEqual([100, 50, 2, 0]);
    expect(sharesOf([])).toEqual([]);
    expect(sharesOf([0, 0])).toEqual([0, 0]);
  });
});
