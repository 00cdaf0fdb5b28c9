// The tour as a new person takes it: each step waits until the thing is really done, and the last of them is green.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser, newPage, picture, signInByForm, startProduct, storyOf } from "./product.mjs";

let product;
let browser;
let page;

const step = storyOf("tour", () => page);
const card = () => page.getByTestId("tour");
const at = (name) => page.locator(`[data-testid=tour][data-step=${name}]`).waitFor();
const node = (type) => page.locator(`[data-testid=node][data-type=${type}]`);
const field = (label) => page.getByTestId("node-form").getByRole("textbox", { name: label, exact: true }).first();

before(async () => {
  product = await startProduct();
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { colorScheme: process.env.SAILCLOTH_THEME ?? "light" });
  page.setDefaultTimeout(30_000);
  await signInByForm(page);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

step("a new person is offered the tour, and begins on the start page", async () => {
  await page.getByTestId("tour-banner").getByRole("button", { name: "Not now" }).waitFor();
  await picture(page, "tour-home");
  await page.getByTestId("tour-banner").getByRole("button", { name: "Not now" }).click();
  await page.getByTestId("tour-start").click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await at("add");
  await page.getByText(/Guided tour, step 1 of/).waitFor({ state: "attached" });
  await picture(page, "tour-add");
});

step("a program is added, by keyboard", async () => {
  await page.keyboard.press("/");
  await page.keyboard.type("deployment");
  await page.keyboard.press("Enter");
  await at("image");
  await picture(page, "tour-image");
});

step("it waits: nothing moves on by itself, nor by half a name", async () => {
  await field("Image").pressSequentially("ngi");
  await page.getByTestId("save-state").filter({ hasText: /^saved/i }).waitFor();
  assert.equal(await card().getAttribute("data-step"), "image");
  await field("Image").fill("nginx:1.27");
  await at("connect");
  await picture(page, "tour-connect");
});

step("whoever leaves comes back to the same step", async () => {
  await card().getByRole("button", { name: /leave the tour/i }).click();
  await card().waitFor({ state: "detached" });
  await page.reload();
  await node("deployment").waitFor();
  assert.equal(await card().count(), 0);
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("menuitem", { name: "Go on with the tour" }).click();
  await at("connect");
});

step("a Service is pulled out of it, by keyboard", async () => {
  await node("deployment").click();
  await page.getByTestId("canvas").press("Shift+C");
  await page.getByTestId("quick-add").waitFor();
  await page.keyboard.type("service");
  await page.getByTestId("quick-add").locator("[data-type=service]").waitFor();
  await picture(page, "tour-service");
  await page.keyboard.press("Enter");
  await at("port");
});

step("what is red is mended", async () => {
  await node("service").getByTestId("node-problem").waitFor();
  await picture(page, "tour-port");
  await page.getByRole("button", { name: "Add to Ports" }).click();
  await page.keyboard.type("80");
  await at("plan");
});

step("it is previewed and run", async () => {
  await picture(page, "tour-plan");
  await page.getByTestId("plan-button").click();
  await at("run");
  await picture(page, "tour-run");
  await page.getByTestId("start-run").click();
});

step("it turns green, and its logs are read", async () => {
  await at("logs");
  for (const type of ["deployment", "service"])
    await node(type).getByTestId("node-state").filter({ hasText: "Healthy" }).waitFor();
  await picture(page, "tour-green");
  await node("deployment").click();
  await page.getByTestId("node-logs").click();
  await at("break");
});

step("it is broken and repaired", async () => {
  await field("Image").fill("nginx:does-not-exist");
  await page.getByTestId("save-state").filter({ hasText: /^saved/i }).waitFor();
  await page.getByTestId("run-button").click();
  await page.getByTestId("plan").waitFor();
  await page.getByTestId("start-run").click();
  await at("repair");
  await picture(page, "tour-repair");
  await page.getByTestId("fix-button").click();
  const image = page.locator("[data-fix-value=image]");
  await image.fill("nginx:1.28");
  await page.locator("[data-testid=fix-apply-run]:not([disabled])").waitFor();
  await picture(page, "tour-fix");
  await page.getByTestId("fix-apply-run").click();
  await at("end");
  await picture(page, "tour-end");
});

step("it ends with a green deployment, and can be taken again", async () => {
  await node("deployment").getByTestId("node-state").filter({ hasText: "Healthy" }).waitFor();
  await card().getByRole("button", { name: "Finish" }).click();
  await card().waitFor({ state: "detached" });
  await page.getByTestId("more-menu").click();
  await page.getByRole("menuitem", { name: "Show me around" }).click();
  await at("add");
  assert.equal(await page.getByTestId("node").count(), 0);
});

test("nothing went wrong in the browser", () => {
  assert.deepEqual(page.problems, []);
});
