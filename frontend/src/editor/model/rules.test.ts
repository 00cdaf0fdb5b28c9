import { describe, expect, it } from "vitest";
import { landingEnd, Rules } from "./rules";
import { TEMPLATES, templateOf } from "./testing/fixtures";
import type { Template } from "./types";

const rules = new Rules(TEMPLATES);

it("knows the kinds of one cluster at a time, and what may lead to them", () => {
  const rules = new Rules(TEMPLATES);
  const kind = (type: string) => ({
    ...templateOf("job"),
    type,
    connections: [
      { ...templateOf("job").connections[0], meaning: "uses", sources: ["deployment"], targets: ["crd:*"] },
    ],
  });
  rules.learnKinds([kind("crd:a.example/Lantern")] as Template[]);
  expect(rules.hasEnd("crd:a.example/Lantern", "target")).toBe(true);
  expect(rules.connection("deployment", "crd:a.example/Lantern")?.meaning).toBe("uses");
  rules.learnKinds([kind("crd:b.example/Buoy")] as Template[]);
  expect(rules.template("crd:a.example/Lantern")).toBeUndefined();
  expect(rules.template("crd:b.example/Buoy")).toBeDefined();
});

describe("which edges may be drawn", () => {
  it("knows the meaning of a pair in its direction only", () => {
    expect(rules.connection("service", "deployment")?.meaning).toBe("selects");
    expect(rules.connection("configmap", "deployment")?.meaning).toBe("config");
    expect(rules.connection("deployment", "configmap")).toBeUndefined();
    expect(rules.connection("configmap", "service")).toBeUndefined();
  });

  it("takes kinds that only a cluster describes as members of one family", () => {
    const waiting = { meaning: "after", title: "starts after", description: "", schema: {} };
    const kind = (type: string) => ({
      ...(TEMPLATES[0] as (typeof TEMPLATES)[number]),
      type,
      connections: [{ ...waiting, sources: [type, "crd:*", "job"], targets: [type, "crd:*", "job"] }],
    });
    const drawn = new Rules([kind("crd:a.io/Widget"), kind("crd:b.io/Gadget"), kind("job")]);
    expect(drawn.connection("crd:a.io/Widget", "crd:b.io/Gadget")?.meaning).toBe("after");
    expect(drawn.connection("crd:a.io/Widget", "job")?.meaning).toBe("after");
    expect(drawn.connection("job", "crd:b.io/Gadget")?.meaning).toBe("after");
    expect(drawn.connection("crd:a.io/Widget", "secret")).toBeUndefined();
    expect(drawn.hasEnd("crd:a.io/Widget", "source")).toBe(true);
  });

  it("prefers the direction in which the line was pulled", () => {
    expect(rules.match("deployment", "service")).toMatchObject({
      connection: { meaning: "uses" },
      isFlipped: false,
    });
    expect(rules.match("service", "deployment")).toMatchObject({
      connection: { meaning: "selects" },
      isFlipped: false,
    });
  });

  it("turns a line round when only the other direction has a meaning", () => {
    expect(rules.match("deployment", "secret")).toMatchObject({
      connection: { meaning: "config" },
      isFlipped: true,
    });
    expect(rules.match("configmap", "secret")).toBeUndefined();
  });

  it("reads a line pulled out of the left handle as one that arrives there", () => {
    expect(rules.pull("deployment", "service", "target")).toMatchObject({
      connection: { meaning: "selects" },
      isFlipped: true,
    });
    expect(rules.pull("deployment", "configmap", "target")).toMatchObject({ isFlipped: true });
    expect(rules.pull("service", "deployment", "target")).toMatchObject({ connection: { meaning: "uses" } });
  });

  it("lists the partners of a type", () => {
    const partners = rules.partners("service", "source").map((template) => template.type);
    expect(partners).toEqual(["deployment", "job"]);
    expect(rules.partners("note", "source")).toEqual([]);
  });

  it("names the handle where a pulled line would arrive", () => {
    const landing = (first: string, second: string, end: "source" | "target") => {
      const found = rules.pull(first, second, end);
      return found && landingEnd(found);
    };
    expect(landing("service", "deployment", "source")).toBe("target");
    expect(landing("deployment", "configmap", "source")).toBe("source");
    expect(landing("deployment", "service", "target")).toBe("source");
    expect(landing("configmap", "service", "source")).toBeUndefined();
  });

  it("gives a type only the handles that a line can begin or end at", () => {
    expect([rules.hasEnd("configmap", "source"), rules.hasEnd("configmap", "target")]).toEqual([true, false]);
    expect([rules.hasEnd("deployment", "source"), rules.hasEnd("deployment", "target")]).toEqual([
      true,
      true,
    ]);
    expect([rules.hasEnd("note"), rules.hasEnd("note", "source")]).toEqual([false, false]);
    expect([rules.hasEnd("of-a-plugin"), rules.hasEnd("of-a-plugin", "target")]).toEqual([false, true]);
  });
});
