// A running namespace becomes a workflow: chosen, read beside its report, drawn.
import assert from "node:assert/strict";
import { after, before } from "node:test";
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

const NODES = [
  { id: "web", type: "deployment", data: { name: "web", image: "busybox:1", ports: [{ port: 8080 }] } },
  { id: "front", type: "service", data: { name: "front" } },
  { id: "key", type: "secret", data: { name: "key", values: { TOKEN: "a-canary-token" } } },
];
for (const [place, node] of NODES.entries()) node.position = { x: 320 * place, y: 0 };
const EDGES = [
  { id: "a", source: "front", target: "web" },
  { id: "b", source: "key", target: "web" },
];

let product;
let api;
let first;
let browser;
let page;

const step = storyOf("adopt", () => page);

before(async () => {
  product = await startProduct();
  api = await signIn(product.url);
  first = (await api("POST", "/workflows", { name: "Shop", nodes: NODES, edges: EDGES })).id;
  await run(first);
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { colorScheme: "light" });
  page.setDefaultTimeout(30_000);
  await signInByForm(page);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

async function run(workflow, options = {}) {
  await api("POST", `/workflows/${workflow}/run`, { namespace: "shop", ...options });
  await eventually(async () => {
    const { runs } = await api("GET", `/workflows/${workflow}/runs`);
    return runs[0]?.status === "succeeded";
  });
}

step("a namespace is chosen", async () => {
  await page.goto("/import");
  await page.getByRole("radio", { name: "A running namespace" }).click();
  await page.getByLabel("Namespace").fill("nothing-here");
  await page.getByRole("button", { name: "Look through it" }).click();
  await page.getByText(/There is nothing in the namespace nothing-here/).first().waitFor();
  await page.getByLabel("Namespace").fill("shop");
  await picture(page, "adopt-chosen");
  await page.getByRole("button", { name: "Look through it" }).click();
  await page.waitForURL(/\/import\/[0-9a-f-]{36}/);
});

step("each key has its verdict beside the source, and no secret is seen", async () => {
  await page.getByText("deployment/web.spec.template.spec.containers.0.image", { exact: true }).waitFor();
  const text = await page.locator("body").innerText();
  assert.ok(!text.includes("a-canary-token"));
  assert.ok(!text.includes(Buffer.from("a-canary-token").toString("base64")));
  await picture(page, "adopt-report");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "adopt-report-dark");
  await page.emulateMedia({ colorScheme: "light" });
});

step("it is drawn as it lives", async () => {
  await page.getByText("Its first run takes over what is there and restarts nothing.").waitFor();
  assert.equal(await page.getByLabel("Namespace", { exact: true }).inputValue(), "shop");
  await page.getByRole("button", { name: "Create workflow" }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await eventually(async () => (await page.locator(".react-flow__node").count()) === 3);
  assert.equal(await page.locator(".react-flow__edge").count(), 2);
  await picture(page, "adopt-editor");
  assert.deepEqual(page.problems.filter((problem) => !problem.includes("400")), []);
});

step("what it takes over is managed elsewhere for the one that had it", async () => {
  const second = new URL(page.url()).pathname.split("/")[2];
  await page.goto(`/workflows/${first}`);
  const web = page.locator('[data-testid="node"][data-name="web"]');
  await web.getByTestId("node-state").getByText("Healthy").waitFor();
  await api("PUT", `/workflows/${second}`, { name: "Adopted" });
  await run(second, { take_over: true });
  await web.getByTestId("node-state").getByText("Managed elsewhere").waitFor();
  await web.getByText('Managed by the workflow "Adopted" now.').waitFor();
  await picture(page, "taken-over");
  await web.click();
  await page.getByTestId("node-live").getByText("Managed elsewhere").waitFor();
  await picture(page, "taken-over-open");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "taken-over-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await run(first, { take_over: true });
  await web.getByTestId("node-state").getByText("Healthy").waitFor();
});
