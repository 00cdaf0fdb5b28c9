import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors";
import { setNodeValue } from "../model/edits";
import { graph, node } from "../model/testing/fixtures";
import type { Graph, GraphNode, Problem } from "../model/types";
import { createGraphStore } from "../stores/graph";
import { createSavingStore } from "../stores/saving";
import { Autosave, type SavePort } from "./autosave";
import type { Draft, Drafts } from "./drafts";
import { isNews, summaryOf } from "./summary";

type Answer = { etag: string | null; problems: Problem[] };

/** What is kept of this editor; what others left is asked of no test here. */
function keeping() {
  const kept: { now: Pick<Draft, "base" | "graph"> | null } = { now: null };
  const drafts: Drafts = {
    open: () => undefined,
    close: () => undefined,
    write: async (mine, base) => {
      kept.now = { graph: mine, base };
    },
    clear: async () => {
      kept.now = null;
    },
    lost: async () => [],
    adopt: async (draft) => {
      kept.now = draft;
    },
    drop: async () => undefined,
    putBack: async () => undefined,
  };
  return { kept, drafts };
}

const lostDraft = (base: Graph, mine: Graph): Draft => ({
  id: "d",
  user: "u1",
  workflow: "w1",
  base,
  graph: mine,
  untold: [],
  at: 0,
});

function setUp(start: Graph = graph([node("a", "deployment", { name: "web" })])) {
  const store = createGraphStore();
  store.getState().load(start);
  const saving = createSavingStore();
  const { kept, drafts } = keeping();
  const save = vi.fn<SavePort["save"]>(async () => ({ etag: '"2"', problems: [] }));
  const load = vi.fn<SavePort["load"]>(async () => ({ etag: '"9"', graph: graph([node("t", "job")]) }));
  const onLostSecrets = vi.fn();
  const autosave = new Autosave({ graph: store, saving, drafts, port: { save, load }, onLostSecrets });
  autosave.start('"1"');
  const type = (name: string) =>
    store.getState().edit((before) => setNodeValue(before, "a", ["name"], name), "name");
  return { store, saving, kept, save, load, autosave, type, onLostSecrets };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe("saving by itself", () => {
  it("waits until it is quiet, and sends once with the ETag", async () => {
    const { save, saving, type } = setUp();
    type("w");
    type("we");
    expect(saving.getState().state).toBe("unsaved");
    await vi.advanceTimersByTimeAsync(700);
    expect(save).toHaveBeenCalledTimes(1);
    expect(save.mock.calls[0]?.[1]).toBe('"1"');
    expect(saving.getState().state).toBe("saved");
    type("web2");
    await vi.advanceTimersByTimeAsync(700);
    expect(save.mock.calls[1]?.[1]).toBe('"2"');
  });

  it("sends what was typed during a save after it, never two at once", async () => {
    const { save, saving, type } = setUp();
    let finish: (answer: Answer) => void = () => undefined;
    save.mockImplementationOnce(() => new Promise<Answer>((resolve) => (finish = resolve)));
    type("one");
    await vi.advanceTimersByTimeAsync(700);
    type("two");
    await vi.advanceTimersByTimeAsync(5000);
    expect(save).toHaveBeenCalledTimes(1);
    finish({ etag: '"2"', problems: [] });
    await vi.advanceTimersByTimeAsync(700);
    expect(save).toHaveBeenCalledTimes(2);
    expect(save.mock.calls[1]?.[0].nodes[0]?.data.name).toBe("two");
    expect(saving.getState().state).toBe("saved");
  });

  it("keeps edits in the browser while the server is away, and sends them when it is back", async () => {
    const { save, saving, type, kept } = setUp();
    save.mockRejectedValueOnce(ApiError.offline());
    type("kept");
    await vi.advanceTimersByTimeAsync(700);
    expect(saving.getState().state).toBe("offline");
    expect(kept.now?.graph.nodes[0]?.data.name).toBe("kept");
    expect(kept.now?.base.nodes[0]?.data.name).toBe("web");
    await vi.advanceTimersByTimeAsync(2100);
    expect(saving.getState().state).toBe("saved");
    expect(kept.now).toBeNull();
  });

  it("stops at a conflict until the person decides: keep mine", async () => {
    const { save, saving, type, autosave } = setUp();
    save.mockRejectedValueOnce(new ApiError(412, "precondition_failed", "Someone else was first."));
    type("mine");
    await vi.advanceTimersByTimeAsync(700);
    expect(saving.getState().state).toBe("conflict");
    type("mine too");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(save).toHaveBeenCalledTimes(1);
    await autosave.keepMine();
    expect(save.mock.calls[1]?.[1]).toBe('"9"');
    expect(saving.getState().state).toBe("saved");
  });

  it("brings together what two did apart, and asks nobody", async () => {
    const { save, load, saving, type, store } = setUp();
    save.mockRejectedValueOnce(new ApiError(412, "precondition_failed", "Someone else was first."));
    load.mockResolvedValueOnce({
      etag: '"9"',
      graph: graph([node("a", "deployment", { name: "web", replicas: 3 }), node("t", "job")]),
    });
    type("mine");
    await vi.advanceTimersByTimeAsync(2000);
    expect(saving.getState()).toMatchObject({ state: "saved", conflict: null });
    expect(save.mock.calls[1]?.[1]).toBe('"9"');
    expect(save.mock.calls[1]?.[0].nodes).toMatchObject([
      { data: { name: "mine", replicas: 3 } },
      { id: "t" },
    ]);
    store.getState().undo();
    expect(store.getState().graph.nodes).toHaveLength(1);
  });

  it("lets the person choose where both did, and saves that", async () => {
    const { save, load, saving, type, autosave } = setUp();
    save.mockRejectedValueOnce(new ApiError(412, "precondition_failed", "Someone else was first."));
    load.mockResolvedValueOnce({ etag: '"9"', graph: graph([node("a", "deployment", { name: "theirs" })]) });
    type("mine");
    await vi.advanceTimersByTimeAsync(700);
    const [clash] = saving.getState().conflict?.clashes ?? [];
    expect(clash).toMatchObject({ id: "a", field: "data.name", mine: "mine", theirs: "theirs" });
    await autosave.mergeTheirs({ [clash?.key ?? ""]: "theirs" });
    expect(saving.getState().state).toBe("saved");
    type("mine again");
    await vi.advanceTimersByTimeAsync(700);
    expect(save.mock.calls.at(-1)?.[1]).toBe('"9"');
  });

  it("looks again when the server goes away in the middle of a conflict", async () => {
    const { save, load, saving, type } = setUp();
    save.mockRejectedValueOnce(new ApiError(412, "precondition_failed", "Someone else was first."));
    load.mockRejectedValueOnce(ApiError.offline());
    type("mine");
    await vi.advanceTimersByTimeAsync(700);
    expect(saving.getState().state).toBe("offline");
    await vi.advanceTimersByTimeAsync(2100);
    expect(saving.getState().state).toBe("saved");
  });

  it("shows what another tab saved when nothing is unsaved here", async () => {
    const { save, store, autosave, saving } = setUp();
    await autosave.noticeElsewhere('"1"');
    expect(store.getState().graph.nodes[0]?.id).toBe("a");
    await autosave.noticeElsewhere('"9"');
    expect(store.getState().graph.nodes[0]?.id).toBe("t");
    await vi.advanceTimersByTimeAsync(2000);
    expect(save).not.toHaveBeenCalled();
    expect(saving.getState().state).toBe("saved");
  });

  it("stops at a conflict until the person decides: load theirs, with mine one undo away", async () => {
    const { save, saving, type, autosave, store } = setUp();
    save.mockRejectedValueOnce(new ApiError(412, "precondition_failed", "Someone else was first."));
    type("mine");
    await vi.advanceTimersByTimeAsync(700);
    await autosave.takeTheirs();
    expect(store.getState().graph.nodes[0]?.id).toBe("t");
    expect(saving.getState().state).toBe("saved");
    expect(save).toHaveBeenCalledTimes(1);
    store.getState().undo();
    expect(store.getState().graph.nodes[0]?.data.name).toBe("mine");
  });

  it("says what the server refuses, and tries again with the next edit", async () => {
    const { save, saving, type } = setUp();
    const problem = {
      node_id: "a",
      edge_id: null,
      field: "nope",
      severity: "error",
      code: "unknown_field",
      message: "No.",
    };
    save.mockRejectedValueOnce(new ApiError(400, "invalid_graph", "No.", {}, { problems: [problem] }));
    type("x");
    await vi.advanceTimersByTimeAsync(700);
    expect(saving.getState()).toMatchObject({ state: "refused", reason: "No." });
    expect(saving.getState().problems.byNode.a).toHaveLength(1);
    type("y");
    await vi.advanceTimersByTimeAsync(700);
    expect(saving.getState().state).toBe("saved");
  });

  it("forgets a typed secret once it is stored, and asks for one that is gone", async () => {
    const secret = (values: Record<string, string | null>) =>
      graph([node("a", "secret", { name: "s", values })]);
    const { save, store, onLostSecrets } = setUp(secret({}));
    store.getState().edit(() => secret({ KEY: "hunter2" }));
    await vi.advanceTimersByTimeAsync(400);
    await vi.advanceTimersByTimeAsync(700);
    expect(store.getState().graph.nodes[0]?.data.values).toEqual({ KEY: null });
    expect(save).toHaveBeenCalledTimes(1);
    const lost = {
      node_id: "a",
      edge_id: null,
      field: "values.KEY",
      severity: "error",
      code: "secret_value_missing",
      message: "",
    };
    save.mockRejectedValueOnce(new ApiError(400, "invalid_graph", "", {}, { problems: [lost] }));
    store.getState().edit((before) => setNodeValue(before, "a", ["name"], "t"));
    await vi.advanceTimersByTimeAsync(1500);
    expect(onLostSecrets).toHaveBeenCalledWith(["KEY"]);
    expect(store.getState().graph.nodes[0]?.data.values).toEqual({});
    expect(save).toHaveBeenCalledTimes(3);
  });

  it("saves at once when asked, and says whether it could", async () => {
    const { save, type, autosave } = setUp();
    type("now");
    await expect(autosave.flush()).resolves.toBe(true);
    save.mockRejectedValue(ApiError.offline());
    type("later");
    await expect(autosave.flush()).resolves.toBe(false);
    autosave.stop();
  });

  it("is clean again after an undo", async () => {
    const { save, saving, type, store } = setUp();
    type("x");
    store.getState().undo();
    expect(saving.getState().state).toBe("saved");
    await vi.advanceTimersByTimeAsync(2000);
    expect(save).not.toHaveBeenCalled();
  });
});

describe("edits of an earlier visit", () => {
  const base = graph([node("a", "deployment", { name: "web" })]);
  const mine = graph([node("a", "deployment", { name: "mine" }), node("b", "job")]);

  it("are brought into what the server has now, saved, and kept no longer", async () => {
    const now = graph([node("a", "deployment", { name: "web", replicas: 3 }), node("t", "job")]);
    const { autosave, load, save, kept, saving, store } = setUp(now);
    load.mockResolvedValueOnce({ etag: '"5"', graph: now });
    expect(await autosave.restore(lostDraft(base, mine))).toBe(true);
    expect(kept.now?.graph).toBe(mine);
    await vi.advanceTimersByTimeAsync(700);
    expect(save.mock.calls[0]?.[1]).toBe('"5"');
    expect(save.mock.calls[0]?.[0].nodes).toMatchObject([
      { id: "a", data: { name: "mine", replicas: 3 } },
      { id: "b" },
      { id: "t" },
    ]);
    expect(saving.getState().state).toBe("saved");
    expect(kept.now).toBeNull();
    store.getState().undo();
    expect(store.getState().graph).toBe(now);
  });

  it("wait for the person where both changed the same, and stay kept until then", async () => {
    const now = graph([node("a", "deployment", { name: "theirs" })]);
    const { autosave, load, save, kept, saving, store } = setUp(now);
    load.mockResolvedValueOnce({ etag: '"5"', graph: now });
    await autosave.restore(lostDraft(base, mine));
    const [clash] = saving.getState().conflict?.clashes ?? [];
    expect(clash).toMatchObject({ field: "data.name", mine: "mine", theirs: "theirs" });
    await vi.advanceTimersByTimeAsync(5000);
    expect(save).not.toHaveBeenCalled();
    expect(kept.now).toMatchObject({ base, graph: mine });
    await autosave.mergeTheirs({ [clash?.key ?? ""]: "theirs" });
    expect(saving.getState().state).toBe("saved");
    expect(store.getState().graph.nodes).toMatchObject([{ data: { name: "theirs" } }, { id: "b" }]);
    expect(kept.now).toBeNull();
  });

  it("wait while what was changed in this visit cannot be saved", async () => {
    const { autosave, save, type, store } = setUp();
    save.mockRejectedValue(ApiError.offline());
    type("newer");
    expect(await autosave.restore(lostDraft(base, mine))).toBe(false);
    expect(store.getState().graph.nodes).toHaveLength(1);
    autosave.stop();
  });

  it("are no news once they are on the server", () => {
    expect(isNews({ base, graph: mine }, mine)).toBe(false);
    expect(isNews({ base, graph: mine }, base)).toBe(true);
    expect(summaryOf(base, mine)).toEqual({ added: 1, changed: 1, removed: 0 });
  });
});

describe("what the server changes by itself", () => {
  const built = (mine: Graph, theirs: Graph) => {
    const value = theirs.nodes[0]?.data.built;
    if (value === undefined || mine.nodes[0]?.data.built === value) return mine;
    return setNodeValue(mine, "a", ["built"], value);
  };
  const theirs = (data: GraphNode["data"]) => ({
    etag: '"5"',
    graph: graph([node("a", "deployment", data)]),
  });

  it("is not there yet, then is taken, and is no step to undo", async () => {
    const { autosave, load, store, save, saving } = setUp();
    load.mockResolvedValueOnce(theirs({ name: "web" }));
    expect(await autosave.follow(built)).toBe(false);
    load.mockResolvedValueOnce(theirs({ name: "web", built: "app@sha256:1" }));
    expect(await autosave.follow(built)).toBe(true);
    expect(store.getState().graph.nodes[0]?.data.built).toBe("app@sha256:1");
    expect(autosave.etag).toBe('"5"');
    store.getState().undo();
    await vi.advanceTimersByTimeAsync(700);
    expect(save).not.toHaveBeenCalled();
    expect(saving.getState().state).toBe("saved");
  });

  it("goes under edits that are not saved yet, also after a save was refused for it", async () => {
    const { autosave, load, save, saving, type, store } = setUp();
    save.mockRejectedValueOnce(new ApiError(412, "precondition_failed", "Changed."));
    type("mine");
    await vi.advanceTimersByTimeAsync(700);
    expect(saving.getState().state).toBe("conflict");
    load.mockResolvedValueOnce(theirs({ name: "web", built: "app@sha256:1" }));
    await autosave.follow(built);
    await vi.advanceTimersByTimeAsync(700);
    expect(save.mock.calls[1]?.[1]).toBe('"5"');
    expect(store.getState().graph.nodes[0]?.data).toEqual({ name: "mine", built: "app@sha256:1" });
    expect(saving.getState().state).toBe("saved");
  });

  it("stays a conflict where somebody changed more", async () => {
    const { autosave, load, saving, save, type } = setUp();
    save.mockRejectedValueOnce(new ApiError(412, "precondition_failed", "Changed."));
    type("mine");
    await vi.advanceTimersByTimeAsync(700);
    load.mockResolvedValueOnce(theirs({ name: "theirs", built: "app@sha256:1" }));
    expect(await autosave.follow(built)).toBe(false);
    await vi.advanceTimersByTimeAsync(700);
    expect(saving.getState().state).toBe("conflict");
    expect(save).toHaveBeenCalledTimes(1);
  });
});
