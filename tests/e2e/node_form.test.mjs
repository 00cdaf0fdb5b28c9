// Form and YAML of a node side by side: what Kubernetes would get follows what one types, and the form tells what it means.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser, newPage, picture, signIn, signInByForm, startProduct } from "./product.mjs";

let product;
let browser;
let page;

before(async () => {
  product = await startProduct();
  const api = await signIn(product.url);
  let row = 0;
  const node = (id, type, data) => ({ id, type, position: { x: 200, y: 160 * row++ }, data });
  const workflow = await api("POST", "/workflows", {
    name: "Shop",
    nodes: [
      node("web", "deployment", { name: "web", image: "nginx:1.27" }),
      node("nightly", "cronjob", { name: "nightly", image: "busybox:1", schedule: "0 3 * * *", time_zone: "Asia/Tokyo" }),
      node("keys", "secret", { name: "keys", values: { TOKEN: "a-canary-of-yaml" } }),
    ],
    edges: [],
  });
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { colorScheme: "light" });
  page.setDefaultTimeout(30_000);
  await signInByForm(page);
  await page.goto(`/workflows/${workflow.id}?node=web`);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

test("the YAML of a node follows its form", async () => {
  await page.getByTestId("node-form").waitFor();
  await page.getByRole("radio", { name: "YAML" }).click();
  const yaml = page.getByTestId("node-yaml");
  await yaml.getByText("kind: Deployment").waitFor();
  await picture(page, "yaml");
  await page.getByRole("radio", { name: "Settings" }).click();
  await page.getByTestId("node-form").getByLabel("Image", { exact: true }).fill("nginx:1.28");
  await page.getByRole("radio", { name: "YAML" }).click();
  await yaml.getByText("image: nginx:1.28").waitFor();
});

test("values of secrets are not in it", async () => {
  await page.locator('.react-flow__node[data-id="keys"]').click();
  const yaml = page.getByTestId("node-yaml");
  await yaml.getByText("kind: Secret").waitFor();
  const text = await yaml.textContent();
  assert.ok(!text.includes("a-canary-of-yaml") && !text.includes(btoa("a-canary-of-yaml")));
});

test("a schedule shows its next starts, in its own zone", async () => {
  await page.locator('.react-flow__node[data-id="nightly"]').click();
  await page.getByRole("radio", { name: "Settings" }).click();
  const times = page.getByTestId("next-times");
  await times.getByText("in Asia/Tokyo").waitFor();
  const starts = await times.locator("time").evaluateAll((all) => all.map((each) => each.dateTime));
  assert.equal(starts.length, 5);
  assert.ok(starts.every((start) => start.endsWith("T18:00:00.000Z")), `${starts}`);
  await page.getByLabel("Schedule").fill("every night");
  await times.waitFor({ state: "detached" });
  await page.getByLabel("Schedule").fill("30 4 * * 1");
  await times.waitFor();
});

test("an image shows where it is", async () => {
  await page.getByTestId("node-form").getByLabel("Image", { exact: true }).fill("ghcr.io/acme/shop:2");
  await page.getByText("ghcr.io/acme/shop, without a password").waitFor();
  await picture(page, "node-insights");
});

test("overrides are YAML, with the names that fit", async () => {
  await page.locator('.react-flow__node[data-id="web"]').click();
  const form = page.getByTestId("node-form");
  await form.getByRole("button", { name: "Advanced" }).click();
  await form.getByRole("button", { name: "Add to Overrides" }).click();
  const text = form.locator(".cm-content");
  await text.click();
  await page.keyboard.type("spe");
  const offers = page.locator(".cm-tooltip-autocomplete");
  await offers.getByText("spec", { exact: true }).waitFor();
  // What is pressed in the instant it opens was meant for the text.
  await page.waitForTimeout(150);
  await page.keyboard.press("Enter");
  await page.keyboard.type("minRe");
  await offers.getByText("minReadySeconds", { exact: true }).waitFor();
  await page.waitForTimeout(150);
  await picture(page, "overrides");
  await page.keyboard.press("Enter");
  await page.keyboard.type("7");
  await page.getByRole("radio", { name: "YAML" }).click();
  await page.getByTestId("node-yaml").getByText("minReadySeconds: 7").waitFor();
});

test("nothing went wrong in the browser", () => {
  assert.deepEqual(page.problems, []);
});
