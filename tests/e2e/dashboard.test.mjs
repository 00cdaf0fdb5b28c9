// The start page in numbers, and everything within reach of the keyboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser, newPage, picture, signIn, signInByForm, startProduct, storyOf } from "./product.mjs";

let product;
let browser;
let page;

const step = storyOf("dashboard", () => page);

before(async () => {
  product = await startProduct();
  const api = await signIn(product.url);
  const data = { name: "till", image: "nginx:1.27" };
  await api("POST", "/workflows", { name: "Shop", nodes: [{ id: "n", type: "deployment", data }], edges: [] });
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { colorScheme: "dark" });
  page.setDefaultTimeout(30_000);
  await signInByForm(page);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

step("the start page tells how things are and leads on", async () => {
  await page.getByRole("link", { name: "Home" }).click();
  await page.getByRole("heading", { name: /^Hello/ }).waitFor();
  await page.getByText("1 of 1 connected").waitFor();
  await page.getByRole("link", { name: /^Shop/ }).waitFor();
  await picture(page, "dashboard");
  await page.getByRole("link", { name: /From a template/ }).click();
  await page.getByRole("heading", { name: "Templates" }).waitFor();
});

step("a node is found by its name, with the keyboard alone", async () => {
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").waitFor();
  await page.keyboard.type("till");
  await page.getByRole("option", { name: /till.*deployment in Shop/ }).waitFor();
  await picture(page, "dashboard-palette");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}.*node=n/);
  await page.locator(".react-flow__node").first().waitFor();
});

test("nothing went wrong in the browser", () => {
  assert.deepEqual(page.problems, []);
});
