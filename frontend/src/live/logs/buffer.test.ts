import { describe, expect, it } from "vitest";
import { asText, LogBuffer, matchesIn } from "./buffer";

const line = (text: string) => ({
  kind: "line" as const,
  pod: "web-1",
  container: "web",
  time: "10:00",
  text,
});

describe("the ring of lines", () => {
  it("keeps the last ones, and their numbers", () => {
    const buffer = new LogBuffer(3);
    for (const text of ["a", "b", "c", "d", "e"]) buffer.push(line(text));
    expect([...buffer.lines()].map((each) => [each.index, each.text])).toEqual([
      [2, "c"],
      [3, "d"],
      [4, "e"],
    ]);
    expect([buffer.first, buffer.end, buffer.size]).toEqual([2, 5, 3]);
    expect(buffer.at(0)?.text).toBe("c");
    expect(buffer.at(3)).toBeUndefined();
    expect(buffer.at(-1)).toBeUndefined();
  });

  it("goes on counting after it was cleared", () => {
    const buffer = new LogBuffer(3);
    buffer.push(line("a"));
    buffer.clear();
    buffer.push(line("b"));
    expect([...buffer.lines()].map((each) => each.index)).toEqual([1]);
  });

  it("takes over what was gathered meanwhile, and counts what was lost of it", () => {
    const buffer = new LogBuffer(3);
    for (const text of ["a", "b", "c"]) buffer.push(line(text));
    const few = new LogBuffer(3);
    few.push(line("d"));
    buffer.takeAll(few);
    expect([...buffer.lines()].map((each) => each.text)).toEqual(["b", "c", "d"]);
    const many = new LogBuffer(3);
    for (const text of ["e", "f", "g", "h"]) many.push(line(text));
    buffer.takeAll(many);
    expect([...buffer.lines()].map((each) => [each.index, each.text])).toEqual([
      [5, "f"],
      [6, "g"],
      [7, "h"],
    ]);
  });

  it("finds lines whatever the case, and is written as a file", () => {
    const buffer = new LogBuffer(10);
    buffer.push(line("Error: no"));
    buffer.push(line("fine"));
    buffer.push({ ...line("rotated"), kind: "gap" });
    expect(matchesIn(buffer, "ERR")).toEqual([0]);
    expect(matchesIn(buffer, "")).toEqual([]);
    expect(asText(buffer)).toBe("10:00 web-1/web Error: no\n10:00 web-1/web fine\n--- rotated\n");
    buffer.push(line("\x1b[32mcom\x1b[0mpiled"));
    expect(matchesIn(buffer, "compiled")).toEqual([buffer.end - 1]);
  });

  it("takes a hundred thousand lines in well under a second", () => {
    const buffer = new LogBuffer(20_000);
    const start = performance.now();
    for (let count = 0; count < 100_000; count += 1) buffer.push(line("x"));
    expect(performance.now() - start).toBeLessThan(1_500);
    expect(buffer.size).toBe(20_000);
  });
});
