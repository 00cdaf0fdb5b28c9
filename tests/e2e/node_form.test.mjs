// Form and YAML of a node side by side: what Kubernetes would get follows what one types, and the form tells what it means.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { eventually, launchBrowser, newPage, picture, signIn, signInByForm, startProduct } from "./product.mjs";

let product;
let browser;
let page;
let api;

before(async () => {
  product = await startProduct();
  api = await signIn(product.url);
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

test("form and YAML stand beside one another", async () => {
  await page.getByRole("radio", { name: "Both" }).click();
  await page.getByTestId("node-form").getByLabel("Image", { exact: true }).fill("nginx:1.29");
  await page.getByTestId("node-yaml").getByText("image: nginx:1.29").waitFor();
  await picture(page, "form-and-yaml");
  await page.getByRole("radio", { name: "YAML" }).click();
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

test("the tags of an image are those of its registry", async (t) => {
  const registry = createServer((request, response) => {
    const isTags = request.url.startsWith("/v2/team/web/tags/list");
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify(isTags ? { name: "team/web", tags: ["1.9", "1.10", "latest"] } : {}));
  }).listen(0, "127.0.0.1");
  t.after(() => registry.close());
  await new Promise((done) => registry.once("listening", done));
  const host = `127.0.0.1:${registry.address().port}`;
  await api("POST", "/admin/registries", { name: "near", type: "generic", url: `http://${host}` });
  const image = page.getByTestId("node-form").getByLabel("Image", { exact: true });
  await image.fill(`${host}/team/web`);
  await page.getByTestId("image-place").filter({ hasText: host }).waitFor();
  await page.getByTestId("image-tags").click();
  const tags = page.getByTestId("image-tag-list").getByRole("option");
  await tags.nth(2).waitFor();
  assert.deepEqual(await tags.allTextContents(), ["1.10", "1.9", "latest"]);
  await picture(page, "image-tags");
  await page.keyboard.type("1.1");
  await page.keyboard.press("Enter");
  await eventually(async () => (await image.inputValue()) === `${host}/team/web:1.10`, { seconds: 10 });
});

test("lines of a .env file are pasted into the environment", async () => {
  await page.locator('.react-flow__node[data-id="web"]').click();
  const form = page.getByTestId("node-form");
  await form.getByRole("button", { name: "Configuration" }).click();
  await form.getByRole("button", { name: /add to environment/i }).first().click();
  const name = form.getByRole("textbox", { name: /environment 1, name/i });
  await name.evaluate((input) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", "# shop\nexport MODE=fast\nGREETING=\"hello world\"\n");
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  await form.getByRole("textbox", { name: /environment 2, value/i }).and(page.locator('[value="hello world"]')).waitFor();
  assert.equal(await name.inputValue(), "MODE");
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
