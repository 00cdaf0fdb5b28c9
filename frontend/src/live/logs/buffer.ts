/**
 * The last lines of a log, in a ring: a hundred thousand lines later it is no larger and no slower than before.
 * Knows neither React nor where lines come from.
 */

import { plainText } from "./ansi";

export interface Line {
  /** How many lines came before it; never used twice. */
  index: number;
  /** Said of the log, not by it: a gap. */
  kind: "line" | "gap";
  pod: string;
  container: string;
  time: string;
  text: string;
}

export type NewLine = Omit<Line, "index">;

export class LogBuffer {
  private readonly ring: (Line | undefined)[];
  private next = 0;
  private kept = 0;

  constructor(readonly capacity: number) {
    this.ring = new Array(capacity);
  }

  /** How many are here. */
  get size(): number {
    return this.kept;
  }

  /** The number of the first that is here: so many were before it. */
  get first(): number {
    return this.next - this.kept;
  }

  /** One past the number of the last. */
  get end(): number {
    return this.next;
  }

  push(line: NewLine): void {
    this.ring[this.next % this.capacity] = { ...line, index: this.next };
    this.next += 1;
    if (this.kept < this.capacity) this.kept += 1;
  }

  /** By its place among those that are here. */
  at(place: number): Line | undefined {
    return place < 0 || place >= this.kept ? undefined : this.ring[(this.first + place) % this.capacity];
  }

  /** Takes what another one has gathered meanwhile, and counts what that one had no room for. */
  takeAll(other: LogBuffer): void {
    if (other.first > 0) {
      this.clear();
      this.next += other.first;
    }
    for (const { index: _, ...line } of other.lines()) this.push(line);
  }

  clear(): void {
    this.ring.fill(undefined);
    this.kept = 0;
  }

  *lines(): Generator<Line> {
    for (let place = 0; place < this.kept; place += 1) {
      const line = this.at(place);
      if (line) yield line;
    }
  }
}

/** The numbers of the lines that hold `wanted`, whatever the case; `of` says whose are looked through. */
export function matchesIn(buffer: LogBuffer, wanted: string, of?: (pod: string) => boolean): number[] {
  if (wanted === "") return [];
  const low = wanted.toLowerCase();
  const found: number[] = [];
  for (const line of buffer.lines()) {
    if (wordsOf(line.text).toLowerCase().includes(low) && (!of || of(line.pod))) found.push(line.index);
  }
  return found;
}

/** What one sees of a line: a colour in the middle of a word parts nothing. */
function wordsOf(text: string): string {
  return text.includes("\x1b") ? plainText(text) : text;
}

/** As a file: with times and, where several speak, who. */
export function asText(buffer: LogBuffer): string {
  const rows: string[] = [];
  for (const line of buffer.lines()) {
    const who = line.pod ? `${line.pod}/${line.container} ` : "";
    rows.push(line.kind === "gap" ? `--- ${line.text}` : `${line.time} ${who}${line.text}`);
  }
  return `${rows.join("\n")}\n`;
}
