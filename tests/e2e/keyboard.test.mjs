// The main job by the keyboard alone: no call of the mouse is in this file, nor one that clicks on an element.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADMIN, eventually, launchBrowser, newPage, PASSWORD, picture, signIn, startProduct, storyOf } from "./product.mjs";

let product;
let browser;
let page;
let api;

const step = storyOf("keyboard", () => page);

before(async () => {
  product = await startProduct();
  api = await signIn(product.url);
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { colorScheme: "light", reducedMotion: "reduce" });
  page.setDefaultTimeout(20_000);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
const type = (text) => page.keyboard.type(text);
const saved = () => page.getByTestId("save-state").filter({ hasText: /^saved/i }).waitFor();
const node = (name) => page.getByTestId("node").filter({ hasText: name }).first();
const hasFocus = (locator) => locator.evaluate((each) => each === document.activeElement || each.contains(document.activeElement));
const focused = (locator) => eventually(() => hasFocus(locator), { seconds: 10, every: 50 });

/** Whether the focused element can be told from its neighbours: an outline, a ring or a border that it has only then. */
async function isFocusSeen() {
  return page.evaluate(() => {
    const looks = (each) => {
      const style = getComputedStyle(each);
      const outline = style.outlineStyle === "none" || style.outlineWidth === "0px" ? "" : style.outline;
      return [outline, style.boxShadow, style.borderColor, style.backgroundColor, style.stroke, style.strokeWidth].join();
    };
    // A field's frame may be drawn by what it stands in, that of a node or a line by what is in it.
    const shown = (each) =>
      [each.parentElement?.parentElement, each.parentElement, each, ...each.querySelectorAll(".sc-box, .sc-line")]
        .filter(Boolean)
        .map(looks)
        .join();
    const target = document.activeElement;
    if (!target || target === document.body) return false;
    const now = shown(target);
    target.blur();
    const before = shown(target);
    target.focus({ focusVisible: true });
    return now !== before;
  });
}

// Where the focus was and could not be seen.
const unseen = new Set();

async function look() {
  if (!(await isFocusSeen())) unseen.add(await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 160)));
}

/** Presses Tab until `locator` has the focus, and looks at each stop on the way whether one sees it. */
async function tabTo(locator, { back = false, most = 60 } = {}) {
  for (let count = 0; count < most; count += 1) {
    if ((await locator.count()) > 0 && (await hasFocus(locator.first()))) return;
    await press(back ? "Shift+Tab" : "Tab");
    await look();
  }
  throw new Error(`Tab does not lead to ${locator}`);
}

/** Puts the focus into a field of the open form and writes over what is there. */
async function fill(label, text) {
  await tabTo(page.getByTestId("node-form").getByRole("textbox", { name: label, exact: true }));
  await press("Control+a");
  await type(text);
}

step("signs in", async () => {
  await page.goto("/sign-in");
  await focused(page.getByLabel("E-mail"));
  await type(ADMIN);
  await tabTo(page.getByLabel("Password", { exact: true }));
  await type(PASSWORD);
  await press("Enter");
  await page.waitForURL((url) => url.pathname === "/");
});

step("makes a workflow by the palette of commands", async () => {
  await page.getByRole("link", { name: "Hello, Sailcloth" }).waitFor();
  await press("Control+k");
  await focused(page.getByRole("combobox"));
  await type("new workflow");
  await page.getByRole("option", { name: "New workflow", selected: true }).waitFor();
  await press("Enter");
  await focused(page.getByRole("dialog").getByLabel("Name", { exact: true }));
  await type("Shop");
  await press("Enter");
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await page.getByTestId("canvas").waitFor();
});

step("adds a Deployment, and connects a Service to it", async () => {
  await press("/");
  await focused(page.getByTestId("palette-search"));
  await type("deployment");
  await press("Enter");
  await node("deployment").waitFor();
  await page.getByTestId("node-form").waitFor();
  await fill("Name", "web");
  await fill("Image", "nginx:1.27");
  await saved();
  // Out of the field, then to the list of what may lead here.
  await press("Escape", "Shift+C");
  await focused(page.getByTestId("quick-add"));
  await type("service");
  await page.getByTestId("quick-add").getByRole("option").first().waitFor();
  await press("Enter");
  await page.getByTestId("edge-label").waitFor();
  await saved();
  await picture(page, "keyboard-drawn");
});

step("goes to a problem and mends it", async () => {
  await page.getByTestId("problem-count").waitFor();
  await press("Escape", "p");
  const first = page.getByTestId("problems").getByRole("button").first();
  await tabTo(first);
  await press("Enter");
  await page.getByTestId("node-form").waitFor();
  await picture(page, "keyboard-problem");
  await tabTo(page.getByTestId("node-form").getByRole("button", { name: /^Add.*ports?$/i }));
  await press("Enter");
  await tabTo(page.getByRole("textbox", { name: "Ports 1, Port" }));
  await type("80");
  await saved();
  await page.getByTestId("problem-count").waitFor({ state: "detached" });
});

step("runs it and sees it turn green", async () => {
  await press("Control+Enter");
  await page.getByTestId("plan").waitFor();
  await focused(page.getByTestId("start-run"));
  await look();
  await press("Enter");
  await page.locator('[data-testid="node"][data-state="healthy"]').nth(1).waitFor({ timeout: 60_000 });
  await picture(page, "keyboard-green");
});

step("reads the logs of the Deployment, and leaves them", async () => {
  await press("Escape", "Escape");
  await tabTo(page.locator(".react-flow__node").filter({ hasText: "web" }));
  await press("Enter");
  await tabTo(page.getByTestId("node-logs"));
  await press("Enter");
  await page.getByTestId("drawer").getByTestId("log-line").first().waitFor();
  await picture(page, "keyboard-logs");
});

step("opens a terminal and comes out of it again", async () => {
  await tabTo(page.getByTestId("node-terminal"));
  await press("Enter");
  await page.locator('[data-testid="terminal"][data-state="ready"]').waitFor();
  await focused(page.getByTestId("terminal"));
  await type("echo sail-$((40+2))\n");
  await page.locator(".xterm-rows").filter({ hasText: "sail-" }).waitFor();
  // Tab is the shell's; this leads out, and Tab goes on from there.
  await press("Shift+Escape");
  await page.getByText("You are out of the terminal").waitFor();
  await press("Tab");
  assert.ok(!(await hasFocus(page.locator(".xterm"))));
});

step("goes through the whole page once without being caught", async () => {
  const seen = new Set();
  await page.goto("/workflows");
  await page.getByRole("link", { name: "Shop" }).waitFor();
  for (let count = 0; count < 80; count += 1) {
    await press("Tab");
    const here = await page.evaluate(() => {
      const all = [...document.querySelectorAll("*")];
      return document.activeElement === document.body ? "end" : String(all.indexOf(document.activeElement));
    });
    if (here === "end" || seen.has(here)) break;
    seen.add(here);
    await look();
  }
  // Not one place that keeps the focus: all of the navigation, the list and the buttons above it were on the way.
  assert.ok(seen.size >= 18, `only ${seen.size} stops`);
});

step("takes it off the cluster", async () => {
  const { workflows } = await api("GET", "/workflows?search=Shop");
  await press("Control+k");
  await focused(page.getByRole("combobox"));
  await type("Shop");
  await page.getByRole("option", { name: /^Shop/, selected: true }).waitFor();
  await press("Enter");
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await node("web").waitFor();
  await tabTo(page.getByTestId("target-menu"));
  await press("Enter");
  await focused(page.getByRole("menu"));
  await type("remove");
  await focused(page.getByRole("menuitem", { name: /^Remove/ }));
  await press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await tabTo(dialog.getByRole("button", { name: "Remove" }));
  await press("Enter");
  await eventually(async () => !(await api("GET", `/workflows/${workflows[0].id}/targets`)).targets[0].is_deployed);
});

test("the focus was seen wherever it was", () => {
  assert.deepEqual([...unseen], []);
});

test("nothing went wrong in the browser", () => {
  assert.deepEqual(page.problems, []);
});
