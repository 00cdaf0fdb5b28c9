import { describe, expect, it } from "vitest";
import { choiceOf, countSet, defsOf, fieldOf, fieldsOf, parseText, sectionsOf, splitRow } from "./fields";
import { templateOf } from "./testing/fixtures";

const deployment = templateOf("deployment");
const defs = defsOf(deployment.schema);
const kinds = Object.fromEntries(fieldsOf(deployment.schema, defs).map((field) => [field.key, field.kind]));

describe("a form from a schema", () => {
  it("chooses a control for every shape", () => {
    expect(kinds).toMatchObject({
      name: "text",
      replicas: "number",
      ports: "rows",
      probes: "object",
      affinity: "json",
      labels: "map",
      secrets: "list",
      keys: "either",
      target_port: "mixed",
      policy: "enum",
      paused: "switch",
      command: "list",
    });
  });

  it("puts the name first, then what is plain, and keeps what no group names", () => {
    const [basic, , , other] = sectionsOf(deployment);
    expect(basic?.fields.map((field) => field.key)).toEqual(["name", "image", "replicas", "command"]);
    expect(other?.name).toBe("other");
    expect(other?.fields.map((field) => field.key)).toContain("policy");
  });

  it("lets what stands beside a reference win over what it refers to", () => {
    expect(fieldOf("p", { $ref: "#/$defs/Probes", title: "Mine" }, false, defs)).toMatchObject({
      title: "Mine",
      kind: "object",
    });
  });

  it("shows the needed fields of a row first, and at most three", () => {
    const port = fieldsOf({ $ref: "", ...defs.Port }, defs);
    const { inline, rest } = splitRow(port);
    expect(inline.map((field) => field.key)).toEqual(["port", "name", "protocol"]);
    expect(rest.map((field) => field.key)).toEqual(["host_port"]);
  });

  it("counts what says something, and not what repeats the default", () => {
    const fields = fieldsOf(deployment.schema, defs);
    expect(countSet(fields, { name: "a", policy: "Always", labels: {}, replicas: 0 })).toBe(2);
  });
});

describe("typed texts", () => {
  const number = { kind: "number", isInteger: true } as const;
  const mixed = { kind: "mixed", isInteger: false } as const;

  it.each([
    ["", undefined],
    ["0", 0],
    [" 42 ", 42],
    ["x", undefined],
  ])("reads the number %j as %j", (text, value) => {
    expect(parseText(number, text)).toBe(value);
  });

  it.each([
    ["8080", 8080],
    ["http", "http"],
    ["100m", "100m"],
    ["0400", "0400"],
    ["1.5", "1.5"],
    ["", undefined],
  ])("reads %j, a number or a text, as %j", (text, value) => {
    expect(parseText(mixed, text)).toBe(value);
  });

  it("keeps the spaces of a text", () => {
    expect(parseText({ kind: "text", isInteger: false }, "a b ")).toBe("a b ");
  });

  it("finds the shape that a value has", () => {
    const options = [{ type: "array" }, { type: "object" }];
    expect(choiceOf(options, {}, { a: 1 })).toBe(1);
    expect(choiceOf(options, {}, ["a"])).toBe(0);
    expect(choiceOf(options, {}, undefined)).toBe(0);
  });
});
