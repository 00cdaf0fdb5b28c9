import { expect, it } from "vitest";
import { sortedTags, withTag } from "./tags";

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

it("shows the newest first", () => {
  expect(sortedTags(["1.9", "1.27", "latest", "1.10-alpine"])).toEqual([
    "latest",
    "1.27",
    "1.10-alpine",
    "1.9",
  ]);
});
