import { describe, expect, it } from "vitest";
import { graph, node } from "@/editor/model/testing/fixtures";
import { placesOf, withImage } from "./placing";

const IMAGE = "registry.example.com/team/my_app@sha256:1";

describe("an image in a graph", () => {
  const picture = {
    ...graph([
      node("b", "build", { image: "team/other" }),
      node("fed", "deployment", { name: "fed" }),
      node("own", "cronjob", { name: "own", image: "busybox:1" }),
      node("s", "service", { name: "s" }),
    ]),
    edges: [{ id: "e", source: "b", target: "fed" }],
  };

  it("goes where a workload has an image of its own", () => {
    expect(placesOf(picture).map(({ id }) => id)).toEqual(["own"]);
    const placed = withImage(picture, "own", IMAGE);
    expect(placed.graph.nodes[2]?.data).toEqual({ name: "own", image: IMAGE });
    expect(placed.graph.nodes[0]).toBe(picture.nodes[0]);
  });

  it("becomes a deployment that covers nothing", () => {
    const { graph: made, nodeId } = withImage(picture, null, IMAGE);
    const added = made.nodes.find((each) => each.id === nodeId);
    expect(added).toMatchObject({ type: "deployment", data: { name: "my-app", image: IMAGE } });
    expect(
      picture.nodes.some(
        ({ position }) => position.x === added?.position.x && position.y === added.position.y,
      ),
    ).toBe(false);
  });
});
