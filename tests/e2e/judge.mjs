// What every screen must keep to, whatever it shows: accessible, within its width, and nothing written to the console.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { picture, ROOT } from "./product.mjs";

const AXE = readFileSync(join(ROOT, "frontend/node_modules/axe-core/axe.min.js"), "utf8");
const WIDTHS = [
  [1024, 768],
  [1920, 1080],
  [1280, 800],
];
const GRAVE = ["serious", "critical"];
const THEMES = ["light", "dark"];

/** Until nothing moves but what moves for ever, and no placeholder stands for what is still loading. */
export async function settled(page) {
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"], [data-testid="skeleton"]'));
  await page.evaluate(async () => {
    const isPassing = (each) => each.effect?.getComputedTiming().iterations !== Infinity;
    const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    // What a change of colours starts to move is known when it has been drawn once.
    for (;;) {
      await drawn();
      const passing = document.getAnimations().filter((each) => each.playState === "running" && isPassing(each));
      if (passing.length === 0) return;
      await Promise.all(passing.map((each) => each.finished.catch(() => undefined)));
    }
  });
}

async function findings(page, options) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const { violations } = await page.evaluate((chosen) => window.axe.run(document, chosen), options);
  return violations
    .filter(({ impact }) => GRAVE.includes(impact))
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} (${node.any[0]?.message ?? ""})`));
}

/** Whether a page is wider than its window, or something in it sticks out where nothing scrolls to it. */
async function tooWide(page) {
  return page.evaluate(() => {
    const found = [];
    for (const each of [document.documentElement, document.getElementById("content")]) {
      if (each && each.scrollWidth > each.clientWidth) found.push(`${each.id || "page"} by ${each.scrollWidth - each.clientWidth} px`);
    }
    return found;
  });
}

/**
 * Everything that is wrong with what is shown: at three widths, and in both themes. All rules are asked once; what
 * changes with the theme is the colours.
 */
export async function faults(page, name) {
  const found = [];
  await settled(page);
  for (const [width, height] of WIDTHS) {
    await page.setViewportSize({ width, height });
    found.push(...(await tooWide(page)).map((each) => `${name} at ${width}: too wide, ${each}`));
    if (process.env.SAILCLOTH_SCREENSHOTS)
      for (const colorScheme of THEMES) {
        await page.emulateMedia({ colorScheme });
        await settled(page);
        await picture(page, `${name}-${width}-${colorScheme}`);
      }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await settled(page);
  found.push(...(await findings(page, { resultTypes: ["violations"] })).map((each) => `${name}, light: ${each}`));
  await page.emulateMedia({ colorScheme: "dark" });
  await settled(page);
  found.push(...(await findings(page, { runOnly: ["color-contrast"] })).map((each) => `${name}, dark: ${each}`));
  return found;
}
