// Starting from something that runs: the gallery, one template with its questions, and keeping one of one's own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  eventually,
  launchBrowser,
  newPage,
  picture,
  signIn,
  signInByForm,
  startProduct,
  storyOf,
} from "./product.mjs";

let product;
let browser;
let page;
let api;

const step = storyOf("templates", () => page);

before(async () => {
  product = await startProduct();
  api = await signIn(product.url);
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { colorScheme: "light" });
  page.setDefaultTimeout(30_000);
  await signInByForm(page);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

step("the gallery is searched and narrowed, and its address says so", async () => {
  await page.getByRole("link", { name: "Templates" }).click();
  await page.getByRole("heading", { name: "Templates" }).waitFor();
  await eventually(async () => (await page.getByRole("listitem").filter({ hasText: /nodes?/ }).count()) >= 25);
  await picture(page, "templates-gallery");
  await page.getByLabel("Search templates").fill("wordp");
  await eventually(async () => (await page.getByRole("listitem").filter({ hasText: /nodes?/ }).count()) === 1);
  assert.match(page.url(), /q=wordp/);
  await page.getByRole("link", { name: /WordPress/ }).click();
  await page.getByRole("heading", { name: "WordPress", level: 1 }).waitFor();
  await page.getByRole("img", { name: /parts of WordPress/ }).waitFor();
  await picture(page, "templates-one");
});

step("an answer that does not fit is said at its question", async () => {
  await page.getByLabel("Space for the database").fill("much");
  await page.getByRole("button", { name: "Create workflow" }).click();
  await page.getByText("Space for the database is an amount such as 500m or 2Gi.").waitFor();
  await page.getByLabel("Space for the database").fill("2Gi");
});

step("it becomes a workflow, is run, and turns green", async () => {
  await page.getByLabel("Name", { exact: true }).fill("Our blog");
  await page.getByRole("button", { name: "Create workflow" }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await page.locator(".react-flow__node").first().waitFor();
  assert.equal(await page.locator(".react-flow__node").count(), 6);
  await picture(page, "templates-editor");
  const id = /workflows\/([0-9a-f-]{36})/.exec(page.url())[1];
  await page.getByTestId("run-button").click();
  await page.getByRole("dialog").getByRole("button", { name: /^Run/ }).click();
  await eventually(async () => {
    const { runs } = await api("GET", `/workflows/${id}/runs`);
    return runs[0]?.status === "succeeded";
  });
  await eventually(async () => {
    const { nodes } = await api("GET", `/workflows/${id}/status`);
    return nodes.every((node) => node.state === "healthy");
  });
});

step("a draft is kept as a template, without its passwords", async () => {
  await page.keyboard.press("Escape");
  await page.getByTestId("more-menu").click();
  await page.getByRole("menuitem", { name: /Save as template/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title").fill("Our own start");
  await dialog.getByRole("button", { name: "Save template" }).click();
  await page.getByText("Saved as a template.").waitFor();
  await page.goto("/templates?q=Our+own");
  await page.getByRole("link", { name: /Our own start/ }).click();
  await page.getByLabel(/MARIADB_PASSWORD of/).waitFor();
  await picture(page, "templates-own");
});

step("it is removed again", async () => {
  await page.getByRole("button", { name: /Actions for Our own start/ }).click();
  await page.getByRole("menuitem", { name: /Remove/ }).click();
  await page.getByRole("button", { name: "Remove template" }).click();
  await page.waitForURL(/\/templates\/?$/);
  await page.getByRole("link", { name: /^WordPress/ }).waitFor();
  await eventually(async () => (await page.getByRole("link", { name: /Our own start/ }).count()) === 0);
});

test("nothing went wrong in the browser", () => {
  assert.deepEqual(page.problems.filter((text) => !text.includes("status of 400")), []);
});
