/**
 * Colours of terminals in lines of text. What a line can do here is to be coloured: every other sequence and every
 * control character is taken out, and the text is only ever shown as text. Pure.
 */

export interface Span {
  text: string;
  className: string;
}

const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /\x1b(?:\[([0-9;:?<=>!]*)([ -/]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\|$)|[PX^_][^\x1b]*(?:\x1b\\|$)|[ -/]*[0-~]?)/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

interface Style {
  colour: string;
  isBold: boolean;
  isDim: boolean;
  isItalic: boolean;
  isUnderlined: boolean;
}

const PLAIN: Style = { colour: "", isBold: false, isDim: false, isItalic: false, isUnderlined: false };

export function spansOf(line: string): Span[] {
  const spans: Span[] = [];
  let style = PLAIN;
  let from = 0;
  const take = (text: string) => {
    const clean = text.replace(CONTROL, "");
    if (clean === "") return;
    const className = classOf(style);
    const last = spans.at(-1);
    if (last?.className === className) last.text += clean;
    else spans.push({ text: clean, className });
  };
  for (const found of line.matchAll(SEQUENCE)) {
    take(line.slice(from, found.index));
    from = found.index + found[0].length;
    if (found[3] === "m" && !found[2]) style = restyled(style, found[1] ?? "");
  }
  take(line.slice(from));
  return spans;
}

/** The words alone. */
export function plainText(line: string): string {
  return line.replace(SEQUENCE, "").replace(CONTROL, "");
}

export interface MarkedSpan extends Span {
  isMatch: boolean;
}

/** The same with what is looked for set apart, whatever its case, also where colours change within it. */
export function markedSpans(line: string, wanted: string): MarkedSpan[] {
  const spans = spansOf(line);
  const low = spans
    .map((span) => span.text)
    .join("")
    .toLowerCase();
  const part = wanted.toLowerCase();
  const edges: [number, number][] = [];
  for (let at = low.indexOf(part); part && at >= 0; at = low.indexOf(part, at + part.length))
    edges.push([at, at + part.length]);
  const found: MarkedSpan[] = [];
  let start = 0;
  for (const { text, className } of spans) {
    let from = 0;
    const take = (to: number, isMatch: boolean) => {
      if (to > from) found.push({ text: text.slice(from, to), className, isMatch });
      from = Math.max(from, to);
    };
    for (const [first, last] of edges) {
      if (last <= start || first >= start + text.length) continue;
      take(first - start, false);
      take(Math.min(last - start, text.length), true);
    }
    take(text.length, false);
    start += text.length;
  }
  return found;
}

function restyled(before: Style, codes: string): Style {
  let style = before;
  const numbers = codes.split(/[;:]/).map(Number);
  for (let place = 0; place < numbers.length; place += 1) {
    const code = numbers[place] ?? 0;
    if (code === 38 || code === 48) {
      // A colour out of 256 or of all: those have no place in our palette. Its numbers are no codes.
      place += numbers[place + 1] === 5 ? 2 : 4;
      continue;
    }
    style = withCode(style, code);
  }
  return style;
}

function withCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, isBold: true };
  if (code === 2) return { ...style, isDim: true };
  if (code === 3) return { ...style, isItalic: true };
  if (code === 4) return { ...style, isUnderlined: true };
  if (code === 22) return { ...style, isBold: false, isDim: false };
  if (code === 23) return { ...style, isItalic: false };
  if (code === 24) return { ...style, isUnderlined: false };
  if (code === 39) return { ...style, colour: "" };
  const colour = code >= 30 && code <= 37 ? code - 30 : code >= 90 && code <= 97 ? code - 90 : -1;
  return colour < 0 ? style : { ...style, colour: COLOURS[colour] ?? "" };
}

function classOf(style: Style): string {
  return [
    style.colour && `ansi-${style.colour}`,
    style.isBold && "font-semibold",
    style.isDim && "opacity-70",
    style.isItalic && "italic",
    style.isUnderlined && "underline",
  ]
    .filter(Boolean)
    .join(" ");
}
