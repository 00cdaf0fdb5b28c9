import { describe, expect, it } from "vitest";
import type { AuditEntry } from "@/data/audit";
import { actorOf, pageOf, wordsOf } from "./entry-words";

const entry: AuditEntry = {
  id: "1",
  created_at: "2026-03-24T10:00:00Z",
  action: "cluster.credentials_changed",
  actor: { kind: "user", id: "u", name: "ada@example.com" },
  object: { type: "cluster", id: "c", name: "my home" },
  workspace_id: "w",
  ip: null,
  request_id: "r",
  detail: {},
};

describe("entries in words", () => {
  it("reads an action", () => {
    expect(wordsOf("cluster.credentials_changed")).toBe("Cluster credentials changed");
    expect(wordsOf("")).toBe("");
  });

  it("names who did it", () => {
    expect(actorOf(entry)).toBe("ada@example.com");
    expect(actorOf({ ...entry, actor: { kind: "user", id: "u", name: "" } })).toBe("u");
    expect(actorOf({ ...entry, actor: { kind: "system", id: "watcher", name: "watcher" } })).toBe(
      "Sailcloth itself",
    );
  });

  it("leads to what still has a page", () => {
    expect(pageOf(entry)).toBe("/clusters/my%20home");
    expect(pageOf({ ...entry, action: "cluster.deleted" })).toBeNull();
    expect(pageOf({ ...entry, object: { type: "workflow", id: "a/b", name: "" } })).toBe("/workflows/a%2Fb");
    expect(pageOf({ ...entry, object: { type: "session", id: "s", name: "" } })).toBeNull();
  });
});
