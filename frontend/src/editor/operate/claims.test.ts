import { expect, it } from "vitest";
import type { NodeStatus, ObjectStatus } from "../model/types";
import { claimsOf } from "./claims";

const object = (kind: string, name: string): ObjectStatus => ({ kind, name, health: "healthy", reason: "" });
const node = (...objects: ObjectStatus[]): NodeStatus => ({
  node_id: "n",
  state: "healthy",
  health: "healthy",
  message: "",
  objects,
});
const claim = (name: string, more = {}) => ({ namespace: "shop", name, deleted_at: null, ...more });

it("names the claims that were drawn and those of stateful sets, and no others", () => {
  const nodes = { a: node(object("PersistentVolumeClaim", "files")), b: node(object("StatefulSet", "db")) };
  const found = claimsOf(nodes, "shop", [
    claim("data-db-0"),
    claim("data-db-1", { deleted_at: "2026-01-01T00:00:00Z" }),
    claim("data-mydb-0"),
    claim("data-db-0", { namespace: "other" }),
    claim("files"),
  ]);
  expect(found).toEqual(["shop/data-db-0", "shop/files"]);
});
