// Form and YAML of a node side by side: what Kubernetes would get follows what one types.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser, newPage, picture, signIn, signInByForm, startProduct } from "./product.mjs";

let product;
let browser;
let page;

before(async () => {
  product = await startProduct();
  const api = await signIn(product.url);
  const node = (id, type, data) => ({ id, type, position: { x: 200, y: 100 }, data });
  const workflow = await api("POST", "/workflows", {
    name: "Shop",
    nodes: [
      node("web", "deployment", { name: "web", image: "nginx:1.27" }),
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

test("nothing went wrong in the browser", () => {
  assert.deepEqual(page.problems, []);
});
