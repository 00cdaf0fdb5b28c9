import { describe, expect, it } from "vitest";
import { meaningOf } from "./meaning";

describe("what a pasted text is about", () => {
  it.each([
    ["# a shop\nname: shop\nservices:\n  web: {image: nginx}\n", "compose"],
    ["apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", "manifests"],
    [" https://github.com/team/app ", "repository"],
    ["https://git.example.com:8443/group/sub/app.git", "repository"],
    ["https://example.com/", null],
    ["https://example.com/search?q=services:", null],
    ["the services: none", null],
    ["kind: regards", null],
    ['{"nodes": [], "services": 1}', null],
    ["", null],
  ] as const)("%s", (text, expected) => {
    expect(meaningOf(text)).toBe(expected);
  });

  it("takes nothing that is too large to send", () => {
    expect(meaningOf(`services:\n${"#".repeat(3 * 1024 * 1024)}`)).toBeNull();
  });
});
