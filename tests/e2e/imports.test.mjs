// A Compose file becomes a workflow: dropped, read beside its report, decided, made, run, and brought up to date.
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

const COMPOSE = `name: shop
services:
  web:
    image: nginx:1.27
    ports: ["8080:80"]
    depends_on: [db]
    environment:
      MODE: fast
    network_mode: bridge
  db:
    image: postgres:17
    environment:
      POSTGRES_PASSWORD: a-canary-password
    volumes: ["data:/var/lib/postgresql/data"]
volumes:
  data: {}
`;

let product;
let browser;
let page;
let api;

const step = storyOf("imports", () => page);

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

step("what cannot be read is said with its place", async () => {
  await page.getByRole("link", { name: "Workflows", exact: true }).click();
  await page.getByRole("button", { name: "Import" }).click();
  await page.getByRole("heading", { name: "Drop a Compose file or manifests here" }).waitFor();
  await picture(page, "imports-intake");
  await page.getByLabel("Compose file or manifests", { exact: true }).fill("services:\n  web:\n    imag: nginx\n");
  await page.getByRole("button", { name: "Look through it" }).click();
  await page.getByText(/services\.web.*imag/).first().waitFor();
});

step("a file is dropped and its report read beside it", async () => {
  const transfer = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "compose.yaml", { type: "text/yaml" }));
    return data;
  }, COMPOSE);
  await page.getByTestId("drop-zone").dispatchEvent("drop", { dataTransfer: transfer });
  await page.waitForURL(/\/import\/[0-9a-f-]{36}/);
  await page.getByRole("heading", { name: "shop", level: 1 }).waitFor();
  await page.getByText("services.web.image", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Line 4", exact: true }).click();
  await picture(page, "imports-report");
  await page.getByRole("radio", { name: /Not carried over|Close/ }).first().click();
  assert.match(page.url(), /verdict=/);
  await page.getByRole("radio", { name: /^All/ }).click();
});

step("a decision changes what it becomes", async () => {
  const before = await page.getByText(/\d+ nodes/).first().textContent();
  const item = page.getByRole("listitem").filter({ hasText: "services.web.ports" }).filter({ has: page.getByRole("combobox") });
  await item.first().getByRole("combobox").click();
  await page.getByRole("option", { name: /By host and path/ }).first().click();
  await eventually(async () => (await page.getByText(/\d+ nodes/).first().textContent()) !== before);
  await page.getByRole("radio", { name: "Picture" }).click();
  await page.getByRole("img", { name: /workflow that shop becomes/ }).waitFor();
  await picture(page, "imports-picture");
});

step("it becomes a workflow, and that runs", async () => {
  await page.getByRole("button", { name: "Create workflow" }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await page.locator(".react-flow__node").first().waitFor();
  await picture(page, "imports-editor");
  const id = /workflows\/([0-9a-f-]{36})/.exec(page.url())[1];
  await page.getByTestId("run-button").click();
  await page.getByRole("dialog").getByRole("button", { name: /^Run/ }).click();
  await eventually(async () => {
    const { runs } = await api("GET", `/workflows/${id}/runs`);
    return runs[0]?.status === "succeeded";
  });
});

step("the same project again follows its file, and what was changed stays", async () => {
  const id = /workflows\/([0-9a-f-]{36})/.exec(page.url())[1];
  const { nodes, edges } = await api("GET", `/workflows/${id}`);
  const own = nodes.map((node) => (node.type === "statefulset" ? { ...node, data: { ...node.data, image: "postgres:16" } } : node));
  await api("POST", `/workflows/${id}/save`, { nodes: own, edges });
  await page.getByTestId("more-menu").click();
  await page.getByRole("menuitem", { name: "Add from Compose…" }).click();
  await page.waitForURL(/\/import\?into=/);
  const again = COMPOSE.replace("nginx:1.27", "nginx:1.28").replace("postgres:17", "postgres:18");
  await page.getByLabel("Compose file or manifests", { exact: true }).fill(again);
  await page.getByRole("button", { name: "Look through it" }).click();
  await page.waitForURL(/\/import\/[0-9a-f-]{36}\?into=/);
  await page.getByRole("button", { name: "Add to workflow" }).click();
  await page.getByText("Added to shop").waitFor();
  await page.getByText("Kept yours").waitFor();
  await picture(page, "imports-merged");
  await page.getByRole("link", { name: "Open workflow" }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await page.getByText("nginx:1.28").first().waitFor();
  await page.getByText("postgres:16").first().waitFor();
  assert.equal(await page.getByText("nginx:1.27").count(), 0);
});

const heldOver = (text) =>
  page.evaluate((content) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([content], "compose.yaml", { type: "text/yaml" }));
    window.dispatchEvent(new DragEvent("dragover", { dataTransfer, bubbles: true, cancelable: true }));
    window.shop = dataTransfer;
  }, text);

const letGo = () =>
  page.evaluate(() =>
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: window.shop, bubbles: true, cancelable: true })),
  );

const pasted = (text) =>
  page.evaluate((content) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", content);
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);

step("over an open workflow, what is dropped is added to that", async () => {
  const id = /workflows\/([0-9a-f-]{36})/.exec(page.url())[1];
  await heldOver(COMPOSE);
  await page.getByText("Let go to look through it").waitFor();
  await letGo();
  await page.waitForURL(new RegExp(`/import/[0-9a-f-]{36}\\?into=${id}`));
  await page.getByRole("button", { name: "Add to workflow" }).waitFor();
});

step("what is pasted outside of a field is looked through, and an address is filled in", async () => {
  await page.goto("/");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
  await pasted("no file at all");
  await pasted("https://github.com/team/app");
  await page.waitForURL(/\/import\?/);
  assert.equal(await page.getByLabel("Address of the repository").inputValue(), "https://github.com/team/app");
  await picture(page, "imports-address");
  await page.goto("/clusters");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
  await pasted(COMPOSE);
  await page.waitForURL(/\/import\/[0-9a-f-]{36}/);
  await page.getByRole("heading", { name: "shop", level: 1 }).waitFor();
});

step("a file may be dropped on any page; no password is shown", async () => {
  await page.goto("/workflows");
  await page.getByRole("link", { name: "shop" }).first().waitFor();
  await page.waitForLoadState("networkidle");
  await page.emulateMedia({ colorScheme: "dark" });
  await heldOver(COMPOSE);
  await page.getByText("Let go to look through it").waitFor();
  await picture(page, "imports-drop-dark");
  await letGo();
  await page.waitForURL(/\/import\/[0-9a-f-]{36}/);
  await page.getByText("POSTGRES_PASSWORD: ••••").waitFor();
  await page.setViewportSize({ width: 1920, height: 1080 });
  await picture(page, "imports-report-dark-1920");
  await page.setViewportSize({ width: 1280, height: 800 });
  await picture(page, "imports-report-dark-1280");
  await page.setViewportSize({ width: 1024, height: 768 });
  await picture(page, "imports-report-dark-1024");
  assert.ok(!(await page.content()).includes("a-canary-password"));
});

test("nothing went wrong in the browser", () => {
  assert.deepEqual(page.problems.filter((text) => !text.includes("status of 400")), []);
});
