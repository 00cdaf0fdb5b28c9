import { describe, expect, it } from "vitest";
import { isSamePlace, placeOf, withPlace } from "./address";

describe("the address of an open workflow", () => {
  it("holds what is open, and gives it back", () => {
    const place = {
      node: "web",
      panel: "logs",
      of: "web",
      run: "run_1",
      show: "yaml",
      target: "t1",
    } as const;
    expect(placeOf(withPlace({}, place))).toEqual(place);
  });

  it("drops what does not fit", () => {
    expect(isSamePlace(placeOf({ node: {}, panel: "attic", of: "web", show: "json", run: "" }), {})).toBe(
      true,
    );
  });

  it("names whose logs only beside logs", () => {
    expect(placeOf({ panel: "runs", of: "web" }).of).toBeUndefined();
  });

  it("takes an id of digits, which arrives as a number", () => {
    expect(placeOf({ node: 7 }).node).toBe("7");
  });

  it("leaves the rest of the address alone", () => {
    expect(withPlace({ tour: true, node: "web", panel: "runs" }, { node: "db" })).toEqual({
      tour: true,
      node: "db",
    });
  });
});
