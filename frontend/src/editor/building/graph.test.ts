import { describe, expect, it } from "vitest";
import { graph, node } from "../model/testing/fixtures";
import type { Graph } from "../model/types";
import { buildsOf, isBuildable, usedBuilds, withBuilt } from "./graph";

const made = node("b", "build", { image: "team/app", source: { git_url: "https://git.example.com/a" } });
const idle = node("i", "build", { image: "" });
const web = node("w", "deployment", { name: "web" });

function picture(): Graph {
  return { ...graph([made, idle, web]), edges: [{ id: "e", source: "b", target: "w" }] };
}

describe("builds in a graph", () => {
  it("are used where an edge leads on, and belong to what runs their image", () => {
    const { nodes } = picture();
    expect(usedBuilds(picture()).map(({ id }) => id)).toEqual(["b"]);
    expect(nodes.map((each) => buildsOf(picture(), each).map(({ id }) => id))).toEqual([["b"], ["i"], ["b"]]);
    expect(nodes.slice(0, 2).map(isBuildable)).toEqual([true, false]);
  });

  it("take the image that the server has set, and leave the rest alone", () => {
    const theirs = { ...picture(), nodes: [{ ...made, data: { ...made.data, built: "team/app@sha256:1" } }] };
    const mine = picture();
    const changed = withBuilt("b")(mine, theirs);
    expect(changed.nodes.map((each) => each.data.built)).toEqual(["team/app@sha256:1", undefined, undefined]);
    expect(withBuilt("b")(changed, theirs)).toBe(changed);
    expect(withBuilt("i")(mine, theirs)).toBe(mine);
  });
});
