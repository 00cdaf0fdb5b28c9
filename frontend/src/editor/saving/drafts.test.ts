import "fake-indexeddb/auto";
import { expect, it, vi } from "vitest";
import { graph, node } from "../model/testing/fixtures";
import { draftsOf } from "./drafts";

const base = graph([node("a", "job", { x: 1 })]);
const mine = graph([node("a", "job", { x: 2 })]);

it("are found by their person and workflow alone, with what they were made on", async () => {
  const closed = draftsOf("ann", "w1");
  await closed.write(mine, base);
  const [found, ...more] = await draftsOf("ann", "w1").lost();
  expect(more).toEqual([]);
  expect(found).toMatchObject({ user: "ann", workflow: "w1", base, graph: mine, untold: [] });
  expect(await draftsOf("bob", "w1").lost()).toEqual([]);
  expect(await draftsOf("ann", "w2").lost()).toEqual([]);
  expect(await closed.lost()).toEqual([]);
});

it("of two tabs are kept apart, and cleared or dropped one by one", async () => {
  const [one, two, next] = [draftsOf("ann", "two"), draftsOf("ann", "two"), draftsOf("ann", "two")];
  await one.write(mine, base);
  await two.write(mine, base);
  expect(await next.lost()).toHaveLength(2);
  await one.clear();
  const [left, ...more] = await next.lost();
  expect(more).toEqual([]);
  await next.drop(left?.id ?? "");
  expect(await next.lost()).toEqual([]);
});

it("belong to whoever adopted them, and are lost again when that one ends early", async () => {
  await draftsOf("ann", "adopted").write(mine, base);
  const next = draftsOf("ann", "adopted");
  const [draft] = await next.lost();
  if (!draft) throw new Error("nothing was kept");
  await next.adopt(draft);
  expect(await next.lost()).toEqual([]);
  expect(await draftsOf("ann", "adopted").lost()).toMatchObject([{ graph: mine }]);
  await next.clear();
  expect(await draftsOf("ann", "adopted").lost()).toEqual([]);
});

it("never hold a secret's value", async () => {
  const typed = graph([node("a", "secret", { values: { KEY: "hunter2" } })]);
  await draftsOf("ann", "secret").write(typed, graph([]));
  const lost = await draftsOf("ann", "secret").lost();
  expect(lost[0]?.untold).toEqual(["KEY"]);
  expect(JSON.stringify(lost)).not.toContain("hunter2");
});

it("are none where the browser keeps nothing", async () => {
  vi.stubGlobal("indexedDB", undefined);
  vi.resetModules();
  const drafts = (await import("./drafts")).draftsOf("ann", "w1");
  await drafts.write(mine, base);
  expect(await drafts.lost()).toEqual([]);
  vi.unstubAllGlobals();
});
