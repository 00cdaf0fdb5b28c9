/** Which pages of a list hold the rows from `first` to `last`, counted from 1. Pure. */
export function pagesOf(first: number, last: number, size: number): number[] {
  const from = Math.floor(first / size) + 1;
  const to = Math.floor(Math.max(first, last) / size) + 1;
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
