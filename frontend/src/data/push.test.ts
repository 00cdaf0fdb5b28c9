import { expect, it } from "vitest";
import { pushPlace } from "./push";
import type { Registry } from "./registries";

const one = { id: "1", name: "Team", host: "reg.example.com", path: "team", is_default: true } as Registry;
const two = { id: "2", name: "Open", host: "127.0.0.1:5000", path: "", is_default: false } as Registry;
const goes = (image: string, wanted = "", all = [one, two]) => {
  const place = pushPlace(image, wanted, all);
  return place?.kind === "registry" ? `${place.registry.name}: ${place.name}` : place?.kind;
};

it("says where a built image goes", () => {
  expect(goes("app")).toBe("Team: reg.example.com/team/app");
  expect(goes("team/app")).toBe("Team: reg.example.com/team/app");
  expect(goes("shop/app", "Open")).toBe("Open: 127.0.0.1:5000/shop/app");
  expect(goes("127.0.0.1:5000/app")).toBe("Open: 127.0.0.1:5000/app");
  expect(goes("reg.example.com/team/app")).toBe("Team: reg.example.com/team/app");
  expect(goes("ghcr.io/acme/app")).toBe("elsewhere");
  expect(goes("reg.example.com/other/app")).toBe("elsewhere");
  expect(goes("app", "Gone")).toBe("unknown");
  expect(goes("app", "", [two])).toBe("nowhere");
  expect(goes(" ")).toBeUndefined();
});
