/** Reading and changing values deep inside plain JSON, without touching the original. */

import type { Json, JsonObject } from "./types";

export type Path = readonly (string | number)[];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function pathText(path: Path): string {
  return path.join(".");
}

export function getIn(value: Json | undefined, path: Path): Json | undefined {
  let current: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(current)) current = current[Number(step)];
    else if (isObject(current)) current = current[String(step)];
    else return undefined;
  }
  return current;
}

/** A copy with one value changed; `undefined` removes it, and objects on the way are made where they are missing. */
export function setIn(value: Json | undefined, path: Path, next: Json | undefined): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return next;
  if (Array.isArray(value)) return setInList(value, Number(step), rest, next);
  const before = isObject(value) ? value : {};
  const key = String(step);
  const changed = setIn(before[key], rest, next);
  if (changed === before[key] && key in before === (changed !== undefined)) return value;
  const copy = { ...before };
  if (changed === undefined) delete copy[key];
  else copy[key] = changed;
  return copy;
}

function setInList(list: Json[], index: number, rest: Path, next: Json | undefined): Json[] {
  const changed = setIn(list[index], rest, next);
  if (changed === list[index]) return list;
  const copy = [...list];
  if (changed === undefined) copy.splice(index, 1);
  else copy[index] = changed;
  return copy;
}

/** Whether a value says nothing: what an emptied field leaves behind. */
export function isBlank(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}
