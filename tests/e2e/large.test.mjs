// A picture of 500 nodes and 700 edges: it opens at once, and what is dragged follows the hand.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, launchBrowser, newPage, picture, signIn, signInByForm, startProduct } from "./product.mjs";

const OPEN_MS = 2000;
const FRAMES = 30;
const STEPS = 60;

let product;
let browser;
let page;
let api;
let large;

const nodes = Array.from({ length: 500 }, (_, index) => {
  const position = { x: (index % 25) * 300, y: Math.floor(index / 25) * 150 };
  return index % 2
    ? { id: `n${index}`, type: "deployment", position, data: { name: `web-${index}`, image: "nginx:1.27" } }
    : { id: `n${index}`, type: "service", position, data: { name: `svc-${index}`, ports: [{ port: 80 }] } };
});
const edges = Array.from({ length: 700 }, (_, index) => ({
  id: `e${index}`,
  source: `n${(index * 2) % 500}`,
  target: `n${(index * 2 + 1 + 2 * Math.floor(index / 250)) % 500}`,
}));

before(async () => {
  product = await startProduct();
  api = await signIn(product.url);
  large = await api("POST", "/workflows", { name: "Large", nodes, edges });
  const small = await api("POST", "/workflows", { name: "Small", nodes: nodes.slice(0, 2), edges: [] });
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { colorScheme: "light" });
  page.setDefaultTimeout(20_000);
  await signInByForm(page);
  // What the editor is made of is fetched once; here the picture counts.
  await page.goto(`/workflows/${small.id}`);
  await page.locator(".react-flow__node").first().waitFor();
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

const drawn = (kind) => page.locator(`.react-flow__${kind}`).count();

/** Drags a node over the screen; frames a second, in the median. */
async function drag(id) {
  const place = await page.locator(`.react-flow__node[data-id="${id}"]`).boundingBox();
  const [x, y] = [place.x + place.width / 2, place.y + place.height / 2];
  await page.evaluate(() => {
    window.taken = [];
    let last = performance.now();
    const tick = (now) => {
      window.taken.push(now - last);
      last = now;
      window.ticking = requestAnimationFrame(tick);
    };
    window.ticking = requestAnimationFrame(tick);
  });
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 1; step <= STEPS; step += 1) await page.mouse.move(x + step * 3, y + step * 2);
  await page.mouse.up();
  const taken = await page.evaluate(() => {
    cancelAnimationFrame(window.ticking);
    return window.taken.slice(2).sort((a, b) => a - b);
  });
  return 1000 / taken[Math.floor(taken.length / 2)];
}

/** Milliseconds until all is drawn. */
async function open() {
  await page.goto("/workflows");
  const link = page.getByRole("link", { name: "Large" }).first();
  await link.waitFor();
  const since = Date.now();
  await link.click();
  await eventually(async () => (await drawn("node")) === 500 && (await drawn("edge")) === 700, { every: 20 });
  return Date.now() - since;
}

test("it opens in two seconds, with all that is in it", async () => {
  // The best of three: others share the machine.
  const took = [];
  while (took.length < 3 && !took.some((each) => each <= OPEN_MS)) took.push(await open());
  console.log(`500 nodes and 700 edges: open after ${took.join(", ")} ms`);
  await picture(page, "large");
  assert.ok(Math.min(...took) <= OPEN_MS, `it opened in ${took} ms`);
});

test("a node is dragged at 30 frames a second or more, from afar and from near", async () => {
  const far = Math.max(await drag("n262"), await drag("n264"));
  await eventually(async () => {
    const { nodes: kept } = await api("GET", `/workflows/${large.id}`);
    return kept[262].position.x !== nodes[262].position.x;
  });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Zoom to fit" }).click();
  await page.waitForTimeout(400);
  for (let step = 0; step < 5; step += 1) {
    await page.getByRole("button", { name: "Zoom in" }).click();
    await page.waitForTimeout(300);
  }
  const shown = await page.evaluate((margin) => {
    const sight = document.querySelector("[data-testid=canvas]").getBoundingClientRect();
    return [...document.querySelectorAll(".react-flow__node")]
      .map((each) => ({ id: each.dataset.id, place: each.getBoundingClientRect() }))
      .filter(({ place }) => place.left > sight.left + 80 && place.right < sight.right - margin)
      .filter(({ place }) => place.top > sight.top + 80 && place.bottom < sight.bottom - margin)
      .map(({ id }) => id);
  }, STEPS * 3);
  await picture(page, "large-near");
  assert.ok(shown.length > 1, `${shown.length} nodes are near`);
  const near = Math.max(await drag(shown[0]), await drag(shown[1]));
  await picture(page, "large-near");
  console.log(`dragged at ${far.toFixed(0)} frames/s from afar, ${near.toFixed(0)} from near`);
  assert.ok(far >= FRAMES && near >= FRAMES, `${far} and ${near} frames/s`);
});

test("nothing went wrong in the browser", () => {
  assert.deepEqual(page.problems, []);
});
