import { File as StreamedFile } from "node:buffer";
import { strFromU8, unzipSync } from "fflate";
import { expect, it } from "vitest";
import { suggestedImage } from "./draft";
import { packed } from "./pack";

it("packs a folder as it is, with its paths", async () => {
  // jsdom's own files cannot be streamed.
  const file = (parts: string[], name: string) => new StreamedFile(parts, name) as unknown as File;
  const files = [
    { path: "Dockerfile", file: file(["FROM scratch\n"], "Dockerfile") },
    { path: "src/näme.txt", file: file(["x".repeat(200_000)], "näme.txt") },
    { path: "src/empty", file: file([], "empty") },
  ];
  const archive = await packed(files, "shop");
  expect(archive.name).toBe("shop.zip");
  expect(archive.size).toBeLessThan(5_000);
  const found = unzipSync(new Uint8Array(await archive.arrayBuffer()));
  expect(Object.keys(found)).toEqual(["Dockerfile", "src/näme.txt", "src/empty"]);
  expect(strFromU8(found.Dockerfile as Uint8Array)).toBe("FROM scratch\n");
  expect(found["src/näme.txt"]).toHaveLength(200_000);
});

it("names an image after its repository", () => {
  expect(suggestedImage("https://github.com/Team/My App.git")).toBe("team/my-app");
  expect(suggestedImage("https://git.example.com/group/sub/app/")).toBe("sub/app");
  expect(suggestedImage("not an address")).toBe("");
});
