import { expect, it } from "vitest";
import { withTag } from "./tags";

it("puts another tag into the name of an image, whatever it had", () => {
  const images = [
    "nginx",
    "nginx:1.27",
    "r.example.com:5000/team/web",
    "r.example.com:5000/team/web:2@sha256:ab",
  ];
  expect(images.map((image) => withTag(image, "3"))).toEqual([
    "nginx:3",
    "nginx:3",
    "r.example.com:5000/team/web:3",
    "r.example.com:5000/team/web:3",
  ]);
});
