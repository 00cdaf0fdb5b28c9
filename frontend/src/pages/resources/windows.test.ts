import { expect, it } from "vitest";
import { pagesOf } from "./windows";

it("names every page that is in sight, and none besides", () => {
  expect(pagesOf(0, 0, 100)).toEqual([1]);
  expect(pagesOf(0, 99, 100)).toEqual([1]);
  expect(pagesOf(80, 120, 100)).toEqual([1, 2]);
  expect(pagesOf(9_990, 10_010, 100)).toEqual([100, 101]);
  expect(pagesOf(5, 0, 100)).toEqual([1]);
});
