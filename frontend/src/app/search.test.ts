import { describe, expect, it } from "vitest";
import { safeNext } from "./safe-next";
import { clustersSearch, workflowsSearch } from "./search";

describe("addresses", () => {
  it("keep what fits and drop the rest", () => {
    expect(workflowsSearch({ q: 42, status: "published", sort: "size", page: 3, create: "yes" })).toEqual({
      q: "42",
      status: "published",
      sort: undefined,
      page: 3,
      create: undefined,
    });
    expect(clustersSearch({ page: -1, cluster: "production", add: true })).toEqual({
      q: undefined,
      page: undefined,
      add: true,
      cluster: "production",
    });
  });

  it.each([
    ["/clusters?add=true", "/clusters?add=true"],
    ["//evil.example", "/"],
    ["https://evil.example/", "/"],
    ["/\\evil.example", "/"],
    ["javascript:alert(1)", "/"],
    [undefined, "/"],
  ])("after a sign-in %s leads to %s", (next, place) => {
    expect(safeNext(next)).toBe(place);
  });
});
