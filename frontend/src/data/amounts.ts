/** Amounts of what a machine has, for people. Pure. */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

const rounded = (value: number, digits: number) =>
  new Intl.NumberFormat(undefined, { maximumFractionDigits: digits }).format(value);

export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${rounded(value, value < 10 ? 1 : 0)} ${UNITS[unit]}`;
}

/** Below a tenth of a core in thousandths, as those who know Kubernetes read it. */
export function formatCores(cores: number): string {
  return cores > 0 && cores < 0.1 ? `${rounded(cores * 1000, 0)}m` : rounded(cores, 2);
}

export function formatAmount(name: "cpu" | "memory", value: number): string {
  return name === "cpu" ? formatCores(value) : formatBytes(value);
}
