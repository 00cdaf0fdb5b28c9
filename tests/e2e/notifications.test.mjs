// What one is told, wherever one is, and what one wants to be told.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADMIN, eventually, launchBrowser, newPage, PASSWORD, picture, signIn, startProduct } from "./product.mjs";

let product;
let browser;
let page;
let api;
let hasFailed = false;

function step(name, tell) {
  test(name, async () => {
    assert.ok(!hasFailed, "an earlier step failed");
    try {
      await tell();
    } catch (error) {
      hasFailed = true;
      await picture(page, "notifications-failed");
      throw new Error(`${error}\n${await page.locator("body").ariaSnapshot()}`);
    }
  });
}

before(async () => {
  product = await startProduct();
  api = await signIn(product.url);
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(30_000);
  await page.goto("/sign-in");
  await page.getByLabel(/e-?mail/i).fill(ADMIN);
  await page.getByLabel(/password/i).first().fill(PASSWORD);
  await page.getByRole("button", { name: /sign in/i }).click();
  await page.waitForURL(/\/workflows/);
  await page.goto("/");
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

const bell = () => page.getByRole("button", { name: /^Notifications/ });

step("before anything happened the panel says what it is for", async () => {
  await bell().click();
  await page.getByText("Nothing yet").waitFor();
  await picture(page, "notifications-empty");
  await page.keyboard.press("Escape");
});

step("a run that went well is told without a reload", async () => {
  const data = { name: "till", image: "nginx:1.27" };
  const nodes = [{ id: "n", type: "deployment", data }];
  const workflow = await api("POST", "/workflows", { name: "Shop", namespace: "shop", nodes, edges: [] });
  await api("POST", `/workflows/${workflow.id}/run`, {});
  const missing = [{ id: "n", type: "deployment", data: { name: "desk", image: "nginx:missing" } }];
  const other = await api("POST", "/workflows", { name: "Desk", namespace: "desk", nodes: missing, edges: [] });
  await api("POST", `/workflows/${other.id}/run`, { timeout_seconds: 5 });
  await eventually(async () => (await api("GET", "/notifications")).unread === 2);
  await page.getByRole("button", { name: "Notifications, 2 unread" }).waitFor();
  await bell().click();
  await page.getByRole("link", { name: "Unread: Shop is deployed on practice" }).waitFor();
  await page.getByRole("link", { name: "Unread: Desk could not be deployed on practice" }).waitFor();
  await picture(page, "notifications-light");
});

step("one opens what it tells of, and is read then", async () => {
  await page.getByRole("link", { name: /Shop is deployed/ }).click();
  await page.waitForURL(/\/workflows\/[^?]+\?run=run_/);
  await page.getByRole("button", { name: "Notifications, 1 unread" }).waitFor();
  await page.emulateMedia({ colorScheme: "dark" });
  await bell().click();
  await page.getByRole("button", { name: "Mark all as read" }).waitFor();
  await picture(page, "notifications-dark");
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await page.getByRole("button", { name: "Notifications", exact: true }).waitFor();
  const row = page.getByRole("listitem").filter({ hasText: "Desk could not" });
  await row.hover();
  await row.getByRole("button", { name: /^Mark as unread/ }).click();
  await page.getByRole("button", { name: "Notifications, 1 unread" }).waitFor();
});

step("what is not wanted is not told", async () => {
  await page.getByRole("link", { name: "What you are told" }).click();
  await page.getByRole("heading", { name: "Notifications" }).waitFor();
  await page.getByRole("checkbox", { name: "A run went well: show it here" }).click();
  await page.getByText("Saved.").waitFor();
  const { preferences } = await api("GET", "/notifications/preferences");
  assert.equal(preferences.find((each) => each.kind === "run.succeeded").in_app, false);
  await picture(page, "notifications-settings");
  assert.deepEqual(page.problems, []);
});
