/** Times of steps, for people. Pure. */

export function seconds(value: number): string {
  if (value < 0.0995) return "<0.1 s";
  if (value < 10) return `${value.toFixed(1)} s`;
  if (value < 60) return `${Math.round(value)} s`;
  const whole = Math.round(value);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long each took beside the longest, in percent; what took any time at all can be seen. */
export function sharesOf(values: readonly number[]): number[] {
  const longest = Math.max(...values, 0);
  return values.map((value) => (longest === 0 || value === 0 ? 0 : Math.max(2, (value / longest) * 100)));
}
