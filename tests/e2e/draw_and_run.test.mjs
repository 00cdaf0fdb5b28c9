// What the product exists for, as a person does it: sign up, draw, run, break, understand, repair.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser, newPage, picture, signIn, startProduct, storyOf } from "./product.mjs";

const BRAND_NEW = { email: "grace@example.com", password: "password123", name: "Grace" };
let product;
let browser;
let page;


/** One step of the story; after a failure the rest makes no sense. */
const step = storyOf("draw", () => page);

before(async () => {
  product = await startProduct();
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { colorScheme: "light" });
  page.setDefaultTimeout(15_000);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

const node = (name) => page.getByTestId("node").filter({ hasText: name }).first();
const saved = () => page.getByTestId("save-state").filter({ hasText: /^saved/i }).waitFor();
const field = (label) => page.getByTestId("node-form").getByRole("textbox", { name: label, exact: true }).first();

/** Drags a type from the palette to a place on the canvas. */
async function drag(type, x, y) {
  await page.getByTestId("palette-search").fill(type);
  const item = page.getByTestId("palette-item").filter({ hasText: type }).first();
  await item.dragTo(page.getByTestId("canvas"), { targetPosition: { x, y } });
  await page.getByTestId("palette-search").fill("");
}

async function connect(from, to) {
  const start = await node(from).locator(".react-flow__handle.source").boundingBox();
  const end = await node(to).locator(".react-flow__handle.target").boundingBox();
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
  await page.mouse.down();
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 6 });
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 6 });
  await page.mouse.up();
}

async function run() {
  await page.getByTestId("run-button").click();
  await page.getByTestId("plan").waitFor();
  await picture(page, "plan");
  await page.getByTestId("start-run").click();
}

step("a new user signs up and starts a workflow", async () => {
  await page.goto("/register");
  await page.getByLabel(/^name/i).fill(BRAND_NEW.name);
  await page.getByLabel(/e-?mail/i).fill(BRAND_NEW.email);
  await page.getByLabel(/password/i).first().fill(BRAND_NEW.password);
  await page.getByRole("button", { name: /create|sign up/i }).click();
  await page.waitForURL((url) => url.pathname === "/");
  await page.getByRole("link", { name: "New workflow" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Shop");
  await dialog.getByRole("button", { name: /create/i }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await page.getByTestId("canvas").waitFor();
  await picture(page, "empty-canvas");
});

step("a Deployment, a Service and a ConfigMap are drawn and connected", async () => {
  await drag("Deployment", 620, 320);
  await field("Name").fill("web");
  await field("Image").fill("nginx:1.27");
  await saved();
  await drag("Service", 260, 220);
  await field("Name").fill("front");
  await drag("Config map", 260, 460);
  await field("Name").fill("settings");
  await saved();
  await connect("front", "web");
  await connect("settings", "web");
  assert.equal(await page.getByTestId("edge-label").count(), 2);
  await saved();
});

step("what cannot be connected is not connected", async () => {
  await connect("front", "settings");
  assert.equal(await page.getByTestId("edge-label").count(), 2);
});

step("a mistake is said beside its field", async () => {
  await node("web").click();
  await field("Name").fill("Not A Name");
  await page.getByTestId("field-problem").first().waitFor();
  await picture(page, "field-problem");
  await field("Name").fill("web");
  await page.getByTestId("field-problem").first().waitFor({ state: "detached" });
});

step("what was drawn is there after a reload", async () => {
  await saved();
  await page.reload();
  await node("web").waitFor();
  assert.equal(await page.getByTestId("node").count(), 3);
  assert.equal(await page.getByTestId("edge-label").count(), 2);
});

step("a problem names the node, and is mended", async () => {
  await page.getByTestId("problem-count").click();
  await page.getByTestId("problems").getByRole("button").first().click();
  await page.getByTestId("node-form").waitFor();
  await node("web").click();
  await page.getByTestId("node-form").getByRole("button", { name: /network/i }).click();
  await page.getByTestId("node-form").getByRole("button", { name: /add.*port/i }).first().click();
  await page.getByRole("textbox", { name: "Ports 1, Port" }).fill("80");
  await saved();
  await page.getByTestId("problem-count").waitFor({ state: "detached" });
});

step("it runs, and all nodes turn green", async () => {
  await run();
  for (const name of ["web", "front", "settings"]) {
    await node(name).getByTestId("node-state").filter({ hasText: /healthy/i }).waitFor({ timeout: 60_000 });
  }
  await page.getByTestId("run-bar").filter({ hasText: /succeeded|running|everything/i }).waitFor();
  await node("web").getByTestId("node-ready").filter({ hasText: "1/1" }).waitFor();
  assert.match(await node("web").getByTestId("node-since").getAttribute("title"), /Healthy, before: /);
  await picture(page, "green");
});

step("a broken image says why, on the node", async () => {
  await node("web").click();
  await field("Image").fill("nginx:does-not-exist");
  await saved();
  await run();
  const message = node("web").getByTestId("node-message");
  await message.filter({ hasText: /does-not-exist/ }).waitFor({ timeout: 60_000 });
  await picture(page, "broken");
});

step("it is repaired, and green again", async () => {
  await field("Image").fill("nginx:1.28");
  await saved();
  await run();
  await node("web").getByTestId("node-state").filter({ hasText: /healthy/i }).waitFor({ timeout: 60_000 });
});

step("what a run would change is seen on the canvas before it runs", async () => {
  await field("Image").fill("nginx:1.29");
  await node("settings").click();
  await page.keyboard.press("Delete");
  await saved();
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByTestId("plan-on-canvas").click();
  const badge = node("web").getByTestId("plan-badge");
  await badge.waitFor();
  assert.equal(await badge.getAttribute("data-action"), "update");
  assert.equal(await node("front").getByTestId("plan-badge").count(), 0);
  await page.getByTestId("plan-ghost").filter({ hasText: "settings" }).waitFor();
  await badge.click();
  await page.getByTestId("planned-part").filter({ hasText: "nginx:1.29" }).waitFor();
  await picture(page, "planned");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "planned-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await field("Image").fill("nginx:1.30");
  await page.getByRole("button", { name: /ask again/i }).click();
  await page.getByTestId("planned-part").filter({ hasText: "nginx:1.30" }).waitFor();
  await page.getByTestId("planned-bar").getByRole("button", { name: "Run", exact: true }).click();
  await page.getByTestId("start-run").click();
  await page.getByTestId("planned-bar").waitFor({ state: "detached" });
});

step("past runs say what changed, and a version gets a name and a tag", async () => {
  await page.getByRole("tab", { name: "Past runs" }).click();
  await page.getByTestId("run-changes").filter({ hasText: "3 create" }).waitFor();
  await page.getByTestId("run-open").nth(1).click();
  await page.getByTestId("run-detail").getByRole("region", { name: "What changed" }).getByTestId("plan-row").first().waitFor();
  await picture(page, "run-changes");
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByTestId("version-name").first().click();
  const form = page.getByRole("dialog", { name: /name and tag/i });
  await form.getByLabel("Name of the version").fill("Before the feast");
  await form.getByLabel("Tag", { exact: true }).fill("stable");
  await form.getByRole("button", { name: "Keep" }).click();
  await page.getByText("Before the feast").waitFor();
  await page.getByText("stable", { exact: true }).waitFor();
  await picture(page, "versions");
  await page.getByTestId("version-compare").last().click();
  await page.locator("[data-testid=compare-entry][data-mark=removed]").first().waitFor();
  await page.getByTestId("compare-picture").getByText("settings", { exact: true }).waitFor();
  await picture(page, "compare");
  await page.keyboard.press("Escape");
});

step("an earlier version is brought back, and is one undo away from what was there", async () => {
  await page.getByRole("button", { name: "Restore" }).last().click();
  await page.getByRole("alertdialog").or(page.getByRole("dialog")).getByRole("button", { name: "Restore" }).click();
  await node("settings").waitFor();
  await saved();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^undo/i }).click();
  await node("settings").waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^redo/i }).click();
  await node("settings").waitFor();
  await saved();
});

step("a run is cancelled, and what ran before is rolled back to", async () => {
  // What runs is ready after a moment; the next version takes so long that it is still under way when Cancel is pressed.
  const api = await signIn(product.url, BRAND_NEW);
  const id = /[0-9a-f-]{36}/.exec(page.url())[0];
  const open = async (delay) => {
    const { nodes, edges } = await api("GET", `/workflows/${id}`);
    const web = nodes.find((each) => each.type === "deployment");
    web.data.probes = { readiness: { tcp: { port: 80 }, initial_delay_seconds: delay } };
    await api("POST", `/workflows/${id}/save`, { nodes, edges });
    await page.goto(`/workflows/${id}`);
    await node("web").waitFor();
  };
  await open(0);
  await run();
  await page.getByTestId("run-bar").filter({ hasText: /succeeded|everything/i }).waitFor({ timeout: 60_000 });
  await open(600);
  await run();
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await page.getByTestId("run-bar").filter({ hasText: /cancelled/i }).waitFor();
  await picture(page, "cancelled");
  await page.getByRole("tab", { name: "Past runs" }).click();
  await page.getByRole("button", { name: "Roll back to this" }).first().click();
  await page.getByRole("alertdialog").or(page.getByRole("dialog")).getByRole("button", { name: "Roll back to this" }).click();
  await page.getByTestId("run-bar").filter({ hasText: /succeeded|everything/i }).waitFor({ timeout: 60_000 });
  await node("web").getByTestId("node-state").filter({ hasText: /healthy/i }).waitFor({ timeout: 60_000 });
  await picture(page, "rolled-back");
});

step("nothing went wrong in the browser", async () => {
  assert.deepEqual(page.problems, []);
});
