/** Light, dark or as the system; the choice is kept in this browser. `public/theme.js` applies it before the first paint. */
import { create } from "zustand";

export type ThemeChoice = "system" | "light" | "dark";
const KEY = "sailcloth.theme";
const system = typeof matchMedia === "undefined" ? null : matchMedia("(prefers-color-scheme: dark)");

function stored(): ThemeChoice {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

function resolve(choice: ThemeChoice): "light" | "dark" {
  if (choice !== "system") return choice;
  return system?.matches ? "dark" : "light";
}

interface ThemeState {
  choice: ThemeChoice;
  /** What is shown: for canvases and editors that must be told. */
  theme: "light" | "dark";
}

export const useTheme = create<ThemeState>(() => ({ choice: stored(), theme: resolve(stored()) }));

function apply(choice: ThemeChoice): void {
  const theme = resolve(choice);
  document.documentElement.dataset.theme = theme;
  useTheme.setState({ choice, theme });
}

export function setTheme(choice: ThemeChoice): void {
  try {
    if (choice === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // It then lasts as long as the page.
  }
  apply(choice);
}

system?.addEventListener("change", () => {
  if (useTheme.getState().choice === "system") apply("system");
});
