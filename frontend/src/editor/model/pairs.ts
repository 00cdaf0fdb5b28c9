/** A map as rows that are being typed: keys may be empty or twice while they are. */

import type { Json, JsonObject } from "./types";

export interface Pair {
  /** Stays the same while the key is typed. */
  row: number;
  key: string;
  value: Json;
}

export function toPairs(value: JsonObject): Pair[] {
  return Object.entries(value).map(([key, each], index) => ({ row: index, key, value: each }));
}

/** Rows without a key are not there yet. */
export function fromPairs(pairs: readonly Pair[]): JsonObject {
  return Object.fromEntries(pairs.filter((pair) => pair.key !== "").map((pair) => [pair.key, pair.value]));
}

export function duplicateKeys(pairs: readonly Pair[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { key } of pairs) {
    if (key !== "" && seen.has(key)) twice.add(key);
    seen.add(key);
  }
  return twice;
}

/** What was pasted, when it is lines of `KEY=value` (a .env file) or `key: value`; comments and blank lines go. */
export function parseLines(text: string): { key: string; value: string }[] | null {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (lines.length === 0) return null;
  const pairs = lines.map(parseLine);
  return pairs.every((pair) => pair !== null) ? pairs : null;
}

function parseLine(line: string): { key: string; value: string } | null {
  const found = /^(?:export\s+)?([A-Za-z0-9_.\-/]+)\s*(?:=|:\s)\s*(.*)$/.exec(line);
  if (!found?.[1]) return null;
  const raw = found[2] ?? "";
  const quoted = /^"(.*)"$|^'(.*)'$/.exec(raw);
  return { key: found[1], value: quoted ? (quoted[1] ?? quoted[2] ?? "") : raw };
}
