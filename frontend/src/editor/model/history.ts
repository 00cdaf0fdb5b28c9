/** Undo and redo over immutable documents: what is unchanged is shared, so a step costs next to nothing. */

const LIMIT = 200;
const MERGE_WITHIN = 1200;

export interface History<T> {
  past: readonly T[];
  future: readonly T[];
  /** Steps of the same key in quick succession (typing into one field) become one. */
  lastKey: string | null;
  lastAt: number;
}

export function emptyHistory<T>(): History<T> {
  return { past: [], future: [], lastKey: null, lastAt: 0 };
}

export function recorded<T>(history: History<T>, before: T, key: string | null, now: number): History<T> {
  const merges = key !== null && key === history.lastKey && now - history.lastAt < MERGE_WITHIN;
  const past = merges && history.past.length > 0 ? history.past : [...history.past, before].slice(-LIMIT);
  return { past, future: [], lastKey: key, lastAt: now };
}

export function undone<T>(history: History<T>, current: T): { history: History<T>; value: T } | null {
  const value = history.past.at(-1);
  if (value === undefined) return null;
  const past = history.past.slice(0, -1);
  return { history: { past, future: [current, ...history.future], lastKey: null, lastAt: 0 }, value };
}

export function redone<T>(history: History<T>, current: T): { history: History<T>; value: T } | null {
  const [value, ...future] = history.future;
  if (value === undefined) return null;
  return { history: { past: [...history.past, current], future, lastKey: null, lastAt: 0 }, value };
}
