import { expect, it } from "vitest";
import { graph, node } from "../model/testing/fixtures";
import type { PlanRow } from "../model/types";
import { actionOf, fieldCount, goneNodes, looseRows, plannedOf } from "./planned";

const row = (node_id: string | null, action: PlanRow["action"], fields = 0): PlanRow => ({
  node_id,
  api_version: "v1",
  kind: "ConfigMap",
  namespace: "shop",
  name: `${node_id}-${action}`,
  action,
  verified: true,
  diff: Array.from({ length: fields }, (_, index) => ({ path: `data.k${index}`, from: "a", to: "b" })),
});

it("says of each node the gravest that would be done, and finds what is drawn no more", () => {
  const rows = [row("a", "unchanged"), row("a", "update", 2), row("old", "delete"), row(null, "create")];
  const place = { cluster: "here", namespace: "shop" };
  const planned = plannedOf(
    place,
    { summary: {}, objects: rows },
    graph([node("a", "job"), node("b", "job")]),
  );
  expect(actionOf(planned.byNode.a ?? [])).toBe("update");
  expect(fieldCount(planned.byNode.a ?? [])).toBe(2);
  expect(planned.byNode.b).toBeUndefined();
  expect(goneNodes(planned)).toEqual([{ id: "old", rows: [rows[2]] }]);
  expect(looseRows(planned.plan)).toEqual([rows[3]]);
});
