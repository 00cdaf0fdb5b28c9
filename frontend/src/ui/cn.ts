import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

const merge = extendTailwindMerge({ extend: { classGroups: { "font-size": [{ text: ["2xs"] }] } } });

/** Class names, the later one winning where two set the same thing. */
export function cn(...classes: ClassValue[]): string {
  return merge(clsx(classes));
}
