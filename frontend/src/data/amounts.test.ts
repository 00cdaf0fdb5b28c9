import { expect, it } from "vitest";
import { formatBytes, formatCores } from "./amounts";

it("says amounts as people read them", () => {
  expect([0, 512, 1536, 25_276_510_208].map(formatBytes)).toEqual(["0 B", "512 B", "1.5 KiB", "24 GiB"]);
  expect([0, 0.004, 0.25, 1.998].map(formatCores)).toEqual(["0", "4m", "0.25", "2"]);
});
