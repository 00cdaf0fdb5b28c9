import { describe, expect, it } from "vitest";
import { markedSpans, plainText, spansOf } from "./ansi";

const ESC = "\x1b";

describe("colours of terminals", () => {
  it("become classes, and end where they end", () => {
    expect(spansOf(`a ${ESC}[1;31mbad${ESC}[0m b`)).toEqual([
      { text: "a ", className: "" },
      { text: "bad", className: "ansi-red font-semibold" },
      { text: " b", className: "" },
    ]);
    expect(spansOf(`${ESC}[92mok${ESC}[39m.`).map((span) => span.className)).toEqual(["ansi-green", ""]);
  });

  it("does not take the numbers of a colour for codes", () => {
    expect(spansOf(`${ESC}[38;5;31mx`)).toEqual([{ text: "x", className: "" }]);
    expect(spansOf(`${ESC}[38;2;31;32;33;1mx`)).toEqual([{ text: "x", className: "font-semibold" }]);
  });
});

describe("hostile lines", () => {
  it("can do nothing but be read", () => {
    const hostile = [
      `${ESC}]0;title\x07x`,
      `${ESC}]8;;https://evil.example${ESC}\\x${ESC}]8;;${ESC}\\`,
      `${ESC}[2J${ESC}[Hx`,
      `${ESC}Pq#0${ESC}\\x`,
      `\x00\x08\u202ex`,
      `${ESC}[?1049hx`,
    ];
    for (const line of hostile) {
      expect(plainText(line)).toBe("x");
      expect(spansOf(line).map((span) => span.text)).toEqual(["x"]);
    }
  });

  it("stay text, whatever they say", () => {
    expect(spansOf("<img src=x onerror=alert(1)>")).toEqual([
      { text: "<img src=x onerror=alert(1)>", className: "" },
    ]);
    expect(spansOf(ESC)).toEqual([]);
    expect(spansOf("tab\there")[0]?.text).toBe("tab\there");
  });

  it("part nothing of what is looked for, and stay beside it", () => {
    const line = `${ESC}[32mcom${ESC}[0mpiled and ${ESC}[31mCompiled${ESC}[0m`;
    expect(markedSpans(line, "compiled").map(({ text, isMatch }) => (isMatch ? `<${text}>` : text))).toEqual([
      "<com>",
      "<piled>",
      " and ",
      "<Compiled>",
    ]);
    expect(markedSpans(line, "").map(({ className }) => className)).toEqual(["ansi-green", "", "ansi-red"]);
  });
});
