// What one is told, wherever one is, and what one wants to be told.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { after, before } from "node:test";
import { eventually, launchBrowser, newPage, picture, signIn, signInByForm, startProduct, storyOf } from "./product.mjs";

let product;
let browser;
let page;
let api;
let listener;
const heard = [];

const step = storyOf("notifications", () => page);

before(async () => {
  product = await startProduct();
  listener = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      heard.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
      response.end();
    });
  });
  await new Promise((done) => listener.listen(0, "127.0.0.1", done));
  api = await signIn(product.url);
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(30_000);
  await signInByForm(page);
  await page.goto("/");
});

after(async () => {
  await browser?.close();
  await product?.stop();
  listener?.close();
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
  const told = page.getByRole("dialog", { name: /^Deployed/ });
  await told.waitFor();
  await page.keyboard.press("Escape");
  await told.waitFor({ state: "detached" });
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
});

step("an address of one's own is called, and can tell by whom", async () => {
  const url = `http://127.0.0.1:${listener.address().port}/hook`;
  await page.getByRole("button", { name: "Add a webhook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Address").fill("nowhere");
  await dialog.getByRole("button", { name: "Add" }).click();
  await dialog.getByText("It must be an address such as").waitFor();
  await dialog.getByLabel("Address").fill(url);
  await dialog.getByRole("radio", { name: "Only what goes wrong" }).click();
  await picture(page, "notifications-webhook-add");
  await dialog.getByRole("button", { name: "Add" }).click();
  const secret = await page.getByRole("region", { name: "The secret of the new webhook" }).locator("code").textContent();
  await page.getByRole("button", { name: `Try ${url}` }).click();
  await page.getByText("It arrived.").waitFor();
  await picture(page, "notifications-webhook");
  const nodes = [{ id: "n", type: "deployment", data: { name: "mole", image: "nginx:missing" } }];
  const broken = await api("POST", "/workflows", { name: "Mole", namespace: "mole", nodes, edges: [] });
  await api("POST", `/workflows/${broken.id}/run`, { timeout_seconds: 5 });
  const { headers, body } = await eventually(() => heard.find(({ body }) => JSON.parse(body).kind === "run.failed"));
  const signed = createHmac("sha256", secret).update(`${headers["sailcloth-timestamp"]}.${body}`).digest("hex");
  assert.equal(headers["sailcloth-signature"], signed);
  assert.match(JSON.parse(body).title, /^Mole could not be deployed/);
  await page.getByRole("button", { name: "I have it" }).click();
  assert.equal(await page.getByText(secret).count(), 0);
  await page.getByRole("button", { name: "Add a webhook" }).click();
  await dialog.getByRole("combobox", { name: "Who is told" }).click();
  await picture(page, "notifications-targets");
  await page.getByRole("option", { name: /^PagerDuty/ }).click();
  assert.equal(await dialog.getByLabel("Address").inputValue(), "https://events.pagerduty.com/v2/enqueue");
  await dialog.getByLabel("Address").fill(url);
  await dialog.getByLabel("Integration key").fill("canary-key");
  await picture(page, "notifications-target");
  await dialog.getByRole("button", { name: "Add" }).click();
  await page.getByText("PagerDuty is told from now on.").waitFor();
  await page.getByText("PagerDuty · Everything").waitFor();
  await api("POST", `/workflows/${broken.id}/run`, { timeout_seconds: 5 });
  const event = await eventually(() => heard.map(({ body }) => JSON.parse(body)).find((each) => each.routing_key));
  assert.deepEqual([event.routing_key, event.event_action], ["canary-key", "trigger"]);
  assert.match(event.payload.summary, /^Mole could not be deployed/);
  // The address that was none.
  assert.deepEqual(page.problems, ["Failed to load resource: the server responded with a status of 400 (Bad Request)"]);
});
