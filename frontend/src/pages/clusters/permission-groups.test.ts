import { expect, it } from "vitest";
import { groupedPermissions } from "./permission-groups";

const rule = (resource: string) => ({
  verbs: ["get"],
  api_groups: [""],
  resources: [resource],
  resource_names: [],
});

it("namespaces with the same rights stand together", () => {
  const groups = groupedPermissions([
    { namespace: "a", rules: [rule("pods")], is_incomplete: false },
    { namespace: "b", rules: [rule("secrets")], is_incomplete: false },
    { namespace: "c", rules: [rule("pods")], is_incomplete: false },
    { namespace: "d", rules: [rule("pods")], is_incomplete: true },
  ]);
  expect(groups.map((group) => group.namespaces)).toEqual([["a", "c"], ["b"], ["d"]]);
  expect(groups[2]?.isIncomplete).toBe(true);
});
