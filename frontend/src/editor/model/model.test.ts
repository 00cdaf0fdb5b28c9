import { describe, expect, it } from "vitest";
import { copyOf, fromText, placed, toText } from "./clipboard";
import { curveBetween } from "./curve";
import { toFlowEdges, toFlowNodes } from "./flow";
import { emptyHistory, recorded, redone, undone } from "./history";
import { edgeLabel, summaryOf } from "./labels";
import { layoutOf } from "./layout";
import { duplicateKeys, fromPairs, parseLines, toPairs } from "./pairs";
import { getIn, setIn } from "./paths";
import { countsOf, isRefused, sharedOf, sortedRows } from "./plan";
import { indexProblems, problemsWithin, shortMessage } from "./problems";
import { Rules } from "./rules";
import { findTypes } from "./search";
import { afterSave, draftOf, dropLost } from "./secrets";
import { graph, node, TEMPLATES } from "./testing/fixtures";
import type { Plan, PlanRow, Problem } from "./types";

const rules = new Rules(TEMPLATES);

describe("values inside of data", () => {
  it("reads, sets and removes", () => {
    expect(getIn({ a: [{ b: 1 }] }, ["a", 0, "b"])).toBe(1);
    expect(setIn({}, ["a", "b"], 1)).toEqual({ a: { b: 1 } });
    expect(setIn({ a: { b: 1, c: 2 } }, ["a", "b"], undefined)).toEqual({ a: { c: 2 } });
    expect(setIn({ a: [1, 2] }, ["a", 0], undefined)).toEqual({ a: [2] });
  });

  it("gives the same object back when nothing changes", () => {
    const value = { a: { b: 1 } };
    expect(setIn(value, ["a", "b"], 1)).toBe(value);
    expect(setIn(value, ["a", "x"], undefined)).toBe(value);
  });
});

describe("undo", () => {
  it("goes back and forth, and forgets the future on a new step", () => {
    let history = recorded(emptyHistory<string>(), "a", null, 0);
    const back = undone(history, "b");
    expect(back?.value).toBe("a");
    expect(back && redone(back.history, "a")?.value).toBe("b");
    history = recorded(back?.history ?? history, "a", null, 1);
    expect(redone(history, "c")).toBeNull();
  });

  it("makes one step of what is typed into one field", () => {
    let history = recorded(emptyHistory<string>(), "", "name", 0);
    history = recorded(history, "w", "name", 100);
    history = recorded(history, "we", "image", 200);
    history = recorded(history, "web", "image", 9000);
    expect(history.past).toEqual(["", "we", "web"]);
  });
});

describe("copying", () => {
  const before = graph(
    [
      node("a", "secret", { name: "s", values: { KEY: null, NEW: "typed" } }),
      node("b", "job", { name: "j" }),
    ],
    [["e", "a", "b"]],
  );

  it("leaves secret values out and keeps inner edges", () => {
    const part = copyOf(before, new Set(["a", "b"]));
    expect(part.nodes[0]?.data).toEqual({ name: "s", values: {} });
    expect(part.edges).toHaveLength(1);
    expect(copyOf(before, new Set(["b"])).edges).toEqual([]);
  });

  it("comes back from text with new ids and free names", () => {
    const part = fromText(toText(copyOf(before, new Set(["a", "b"]))), rules);
    expect(part).not.toBeNull();
    const copy = placed(before, part ?? graph([]), { x: 500, y: 500 });
    expect(copy.nodes.map((each) => each.data.name)).toEqual(["s-2", "j-2"]);
    expect(copy.nodes[0]?.position).toEqual({ x: 500, y: 500 });
    expect(copy.edges[0]).toMatchObject({ source: copy.nodes[0]?.id, target: copy.nodes[1]?.id });
    expect(copy.nodes[0]?.id).not.toBe("a");
  });

  it("takes nothing that is not ours, and no edge that has no meaning", () => {
    expect(fromText("hello", rules)).toBeNull();
    expect(fromText('{"sailcloth/graph":1,"nodes":"x","edges":[]}', rules)).toBeNull();
    const odd = {
      nodes: [node("a", "note"), node("b", "alien")],
      edges: [{ id: "e", source: "a", target: "b" }],
    };
    expect(fromText(toText(odd), rules)).toEqual({ nodes: [node("a", "note")], edges: [] });
  });
});

describe("secret values", () => {
  const typed = graph([node("a", "secret", { values: { OLD: null, NEW: "hunter2" } })]);

  it("never stay in the browser", () => {
    const draft = draftOf(typed, typed);
    expect(draft.graph.nodes[0]?.data).toEqual({ values: { OLD: null } });
    expect(draft.base).toEqual(draft.graph);
    expect(draft.untold).toEqual(["NEW"]);
  });

  it("leave a stored one in its place when they are typed over it", () => {
    const stored = graph([node("a", "secret", { values: { KEY: null } })]);
    const over = graph([node("a", "secret", { values: { KEY: "hunter2" } })]);
    expect(draftOf(over, stored)).toEqual({ graph: stored, base: stored, untold: ["KEY"] });
  });

  it("are read as stored once they were saved, unless they were typed anew meanwhile", () => {
    expect(afterSave(typed, typed).nodes[0]?.data).toEqual({ values: { OLD: null, NEW: null } });
    const again = graph([node("a", "secret", { values: { OLD: null, NEW: "other" } })]);
    expect(afterSave(again, typed)).toBe(again);
  });

  it("that the server lost are dropped", () => {
    expect(dropLost(typed, [{ nodeId: "a", key: "OLD" }]).nodes[0]?.data).toEqual({
      values: { NEW: "hunter2" },
    });
  });
});

describe("boxes and lines", () => {
  const before = graph(
    [node("a", "service"), node("b", "deployment", {}, { parentId: "f" }), node("f", "group")],
    [
      ["e", "a", "b"],
      ["e2", "a", "b"],
    ],
  );

  it("keep their identity while their node is the same", () => {
    const boxes = toFlowNodes(before, rules, []);
    const changed = {
      ...before,
      nodes: before.nodes.map((each) => (each.id === "a" ? { ...each, data: {} } : each)),
    };
    const again = toFlowNodes(changed, rules, boxes);
    expect(again.find((box) => box.id === "b")).toBe(boxes.find((box) => box.id === "b"));
    expect(again.find((box) => box.id === "a")).not.toBe(boxes.find((box) => box.id === "a"));
    const lines = toFlowEdges(before, rules, []);
    expect(toFlowEdges(changed, rules, lines)).toEqual(lines);
    expect(toFlowEdges(changed, rules, lines)[0]).toBe(lines[0]);
  });

  it("have frames first and parallel lines apart", () => {
    const boxes = toFlowNodes(before, rules, []);
    expect(boxes[0]?.id).toBe("f");
    expect(boxes.find((box) => box.id === "b")?.parentId).toBe("f");
    const [first, second] = toFlowEdges(before, rules, []);
    expect([first?.data?.offset, second?.data?.offset]).toEqual([0, 1]);
    expect(first?.data?.label).toBe("selects");
    expect(curveBetween(0, 0, 200, 0, 0).labelY).not.toBe(curveBetween(0, 0, 200, 0, 1).labelY);
  });

  it("drop a parent that is not there", () => {
    expect(
      toFlowNodes(graph([node("b", "job", {}, { parentId: "x" })]), rules, [])[0]?.parentId,
    ).toBeUndefined();
  });
});

describe("words on boxes and lines", () => {
  it("say the most telling thing", () => {
    expect(summaryOf(node("a", "deployment", { image: "nginx:1.27", replicas: 3 }))).toBe("nginx:1.27 · ×3");
    expect(summaryOf(node("a", "service", { type: "ClusterIP", ports: [{ port: 80 }] }))).toBe(
      "ClusterIP · :80",
    );
    expect(summaryOf(node("a", "configmap", { data: { A: "1" } }))).toBe("1 key");
    expect(summaryOf(node("a", "alien"))).toBe("");
  });

  it("say what a line means and how it was refined", () => {
    const config = rules.connection("configmap", "deployment");
    expect(edgeLabel({ id: "e", source: "a", target: "b" }, config)).toBe("configures");
    const mounted = { id: "e", source: "a", target: "b", data: { as: "mount", path: "/etc/app" } };
    expect(edgeLabel(mounted, config)).toBe("configures · /etc/app");
  });
});

describe("layout", () => {
  const box = (id: string) => ({ id, width: 200, height: 80 });

  it("goes from left to right without overlaps", () => {
    const lines = [
      { source: "a", target: "b" },
      { source: "c", target: "b" },
    ];
    const at = layoutOf({ boxes: ["a", "b", "c"].map(box), lines });
    expect(at.a?.x).toBeLessThan(at.b?.x ?? 0);
    expect(Math.abs((at.a?.y ?? 0) - (at.c?.y ?? 0))).toBeGreaterThanOrEqual(80);
  });

  it("puts what does not hang together side by side, no wider than it must be", () => {
    const ids = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const places = Object.values(layoutOf({ boxes: ids.map(box), lines: [] }));
    const width = Math.max(...places.map((place) => place.x)) + 200;
    const height = Math.max(...places.map((place) => place.y)) + 80;
    expect(width / height).toBeGreaterThan(1);
    expect(width / height).toBeLessThan(2.5);
    expect(new Set(places.map((place) => `${place.x} ${place.y}`)).size).toBe(40);
  });

  it("takes an empty canvas and a cycle", () => {
    expect(layoutOf({ boxes: [], lines: [] })).toEqual({});
    expect(
      Object.keys(
        layoutOf({
          boxes: [box("a"), box("b")],
          lines: [
            { source: "a", target: "b" },
            { source: "b", target: "a" },
          ],
        }),
      ),
    ).toHaveLength(2);
  });
});

describe("maps that are being typed", () => {
  it("leave out rows without a key and name those that are twice", () => {
    const pairs = [...toPairs({ A: "1" }), { row: 7, key: "", value: "x" }, { row: 8, key: "A", value: "2" }];
    expect(fromPairs(pairs)).toEqual({ A: "2" });
    expect([...duplicateKeys(pairs)]).toEqual(["A"]);
  });

  it("take lines of a .env file", () => {
    expect(parseLines('# note\nexport A=1\nB="two words"\nC: three\n')).toEqual([
      { key: "A", value: "1" },
      { key: "B", value: "two words" },
      { key: "C", value: "three" },
    ]);
    expect(parseLines("just a word")).toBeNull();
  });
});

describe("problems", () => {
  const problem = (rest: Partial<Problem>): Problem => ({
    node_id: "a",
    edge_id: null,
    field: "ports.0.port",
    severity: "error",
    code: "x",
    message: 'Deployment "web": ports.0.port is missing.',
    ...rest,
  });

  it("are found by place", () => {
    const index = indexProblems([problem({}), problem({ edge_id: "e", severity: "warning" })]);
    expect(index).toMatchObject({ errors: 1, warnings: 1 });
    expect(index.byNode.a).toHaveLength(1);
    expect(index.byEdge.e).toHaveLength(1);
    expect(problemsWithin(index.byNode.a ?? [], "ports")).toHaveLength(1);
    expect(problemsWithin(index.byNode.a ?? [], "port")).toHaveLength(0);
  });

  it("are short where the place is plain", () => {
    expect(shortMessage(problem({}))).toBe("Is missing.");
    expect(shortMessage(problem({ message: "A cycle.", field: null }))).toBe("A cycle.");
  });
});

describe("a plan", () => {
  it("is read with what is refused first", () => {
    const row = {
      node_id: "a",
      api_version: "v1",
      kind: "X",
      namespace: "n",
      name: "x",
      verified: true,
      diff: [],
    };
    const plan: Plan = {
      summary: { refused: 1, unchanged: 1, create: 0 },
      objects: [
        { ...row, action: "unchanged" },
        { ...row, action: "refused" },
      ],
    };
    expect(sortedRows(plan).map((each) => each.action)).toEqual(["refused", "unchanged"]);
    expect(countsOf(plan)).toEqual([
      { action: "refused", count: 1 },
      { action: "unchanged", count: 1 },
    ]);
    expect(isRefused(plan)).toBe(true);
  });

  it("says once what all of its rows say", () => {
    const row = (name: string, more: Partial<PlanRow> = {}): PlanRow => ({
      node_id: name,
      api_version: "v1",
      kind: "X",
      namespace: "n",
      name,
      action: "create",
      reason: "The namespace is new.",
      verified: false,
      diff: [],
      ...more,
    });
    const all = { namespace: "n", reason: "The namespace is new.", isUnverified: true };
    expect(sharedOf([row("a"), row("b")])).toEqual(all);
    expect(sharedOf([row("a"), row("b", { namespace: "" })])).toEqual(all);
    expect(sharedOf([row("a"), row("b", { reason: "Another." })])).toEqual({
      namespace: "n",
      reason: null,
      isUnverified: false,
    });
    expect(sharedOf([row("a"), row("b", { action: "refused" })]).reason).toBeNull();
    expect(sharedOf([row("a")]).reason).toBeNull();
    expect(sharedOf([row("a"), row("b", { namespace: "m" })]).namespace).toBeNull();
  });
});

describe("searching for a type", () => {
  it("groups while nothing is typed, and ranks what is", () => {
    expect(findTypes(TEMPLATES, "").map((group) => group.category)).toContain("workloads");
    const names = (text: string) =>
      findTypes(TEMPLATES, text).flatMap((group) => group.templates.map((each) => each.type));
    expect(names("se")[0]).toBe("service");
    expect(names("secret")).toEqual(["secret"]);
    expect(names("map")).toEqual(["configmap"]);
    expect(names("zzz")).toEqual([]);
  });

  it("knows the words of people who do not know Kubernetes'", () => {
    const first = (text: string) => findTypes(TEMPLATES, text)[0]?.templates[0]?.type;
    expect(first("web")).toBe("deployment");
    expect(first("password")).toBe("secret");
    expect(first("port")).toBe("service");
  });
});
