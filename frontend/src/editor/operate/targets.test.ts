import { describe, expect, it } from "vitest";
import type { Target } from "./calls";
import { currentTarget, placeOf } from "./targets";

const target = (id: string, run: string, at: string): Target => ({
  id,
  cluster: "practice",
  namespace: id,
  workflow_id: "w",
  cluster_id: "c",
  is_deployed: true,
  version: 1,
  release: 1,
  object_count: 2,
  made_namespace: true,
  last_run: {
    run_id: run,
    operation: "deploy",
    status: "succeeded",
    phase: "done",
    version: 1,
    message: "",
    created_at: at,
    finished_at: at,
  },
  expires_at: null,
  created_at: at,
  updated_at: at,
});

const old = target("old", "r1", "2026-01-01T00:00:00Z");
const recent = target("recent", "r2", "2026-02-01T00:00:00Z");

describe("the target that is shown", () => {
  it("is the chosen one while it exists", () => {
    expect(currentTarget([old, recent], "old", "r2")).toBe(old);
    expect(currentTarget([old, recent], "gone", undefined)).toBe(recent);
  });

  it("is that of the run on the canvas, or else where it ran last", () => {
    expect(currentTarget([old, recent], null, "r1")).toBe(old);
    expect(currentTarget([old, recent], null, undefined)).toBe(recent);
    expect(currentTarget([], null, "r1")).toBeNull();
  });

  it("is named even when its cluster was removed", () => {
    expect(placeOf(old)).toBe("practice / old");
    expect(placeOf({ cluster: null, namespace: "shop" })).toContain("shop");
  });
});
