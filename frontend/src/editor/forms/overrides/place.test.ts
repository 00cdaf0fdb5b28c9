import { describe, expect, it } from "vitest";
import { placeOf } from "./place";

/** The place of the bar in the text. */
function at(text: string) {
  const [before = "", after = ""] = text.split("|");
  const place = placeOf(before, after);
  return place && { path: place.path.join("."), typed: place.typed, taken: [...place.taken].sort() };
}

describe("the place of the cursor", () => {
  it.each([
    ["|", "", ""],
    ["sp|", "", "sp"],
    ["spec:\n  |", "spec", ""],
    ["spec:\n  template:\n    spec:\n      host|", "spec.template.spec", "host"],
    ["spec:\n  template:\n    spec: {}\n  pau|", "spec", "pau"],
    ["spec:\n  containers:\n  - |", "spec.containers", ""],
    ["spec:\n  containers:\n    - na|", "spec.containers", "na"],
    ["spec:\n  containers:\n  - name: web\n    |", "spec.containers", ""],
    ["spec:\n  containers:\n  - name: web\n    resources:\n      lim|", "spec.containers.resources", "lim"],
    ["spec:\n  containers:\n  - name: a\n  - name: b\n    ports:\n    - |", "spec.containers.ports", ""],
    ["spec:\n\n  # a comment\n  replicas: 2\n  |", "spec", ""],
    ["a:\n  b: 1\nc:\n  |", "c", ""],
  ])("%j", (text, path, typed) => {
    expect(at(text)).toMatchObject({ path, typed });
  });

  it("knows what is there already", () => {
    expect(at("a: 1\nspec:\n  x: 1\n  |\n  y:\n    z: 1\nb: 1")?.taken).toEqual(["x", "y"]);
    expect(at("items:\n- a: 1\n  |\n  b: 2\n- c: 3")?.taken).toEqual(["a", "b"]);
    expect(at("items:\n- a: 1\n- |\n  b: 2")?.taken).toEqual(["b"]);
  });

  it.each(["spec: |", "replicas: 2|", "# name|", "\tname|", "'quoted|"])("is none in %j", (text) => {
    expect(at(text)).toBeNull();
  });
});
