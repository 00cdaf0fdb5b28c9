// What stays after a deploy: looking at pods, reading logs, opening a shell, asking why, taking it away.
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
let workflow;

const step = storyOf("resources", () => page);

const node = (id, type, x, y, data) => ({ id, type, position: { x, y }, data });

before(async () => {
  product = await startProduct();
  api = await signIn(product.url);
  workflow = await api("POST", "/workflows", {
    name: "Shop",
    nodes: [
      node("web", "deployment", 420, 80, { name: "web", image: "nginx:1.27", replicas: 2, ports: [{ port: 80 }] }),
      node("front", "service", 60, 80, { name: "front" }),
    ],
    edges: [{ id: "e1", source: "front", target: "web" }],
  });
  const { run_id: run } = await api("POST", `/workflows/${workflow.id}/run`, { namespace: "shop" });
  await eventually(async () => (await api("GET", `/runs/${run}`)).status === "succeeded");
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { colorScheme: "light" });
  page.setDefaultTimeout(30_000);
  await signInByForm(page);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

const row = (name) => page.getByTestId("resource-row").filter({ hasText: name });

step("what runs is in the table, and the filters stay in the address", async () => {
  await page.goto("/resources?namespace=shop");
  await row("front").first().waitFor();
  await page.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Pod", exact: true }).click();
  await page.waitForURL(/kind=Pod/);
  const onlyPods = async () => (await row("Pod").count()) === 2 && (await page.getByTestId("resource-row").count()) === 2;
  await eventually(onlyPods);
  await picture(page, "resources-list");
  await page.reload();
  await eventually(onlyPods);
});

step("a pod shows what it belongs to", async () => {
  await row("web-").first().getByRole("link").click();
  await page.waitForURL(/\/resources\/[0-9a-f-]{36}/);
  const tree = page.getByTestId("owner-tree");
  await tree.getByText("Deployment").waitFor();
  await tree.getByText("ReplicaSet").waitFor();
  await picture(page, "resources-pod");
});

step("its logs arrive and follow", async () => {
  await page.getByRole("tab", { name: "Logs" }).click();
  await page.getByTestId("log-line").first().waitFor();
  const count = async () => Number(await page.getByTestId("log-lines").getAttribute("data-count"));
  const before = await count();
  await eventually(async () => (await count()) > before);
  await page.getByRole("searchbox", { name: "Search the lines" }).fill("request");
  await page.getByRole("status").filter({ hasText: /match/ }).waitFor();
  await picture(page, "resources-logs");
});

step("a shell in it answers, and ends", async () => {
  await page.getByRole("tab", { name: "Terminal" }).click();
  await page.locator('[data-testid="terminal"][data-state="ready"]').waitFor();
  await page.keyboard.type("echo sail-$((40+2))cloth\n");
  const screen = page.locator(".xterm-rows");
  await screen.filter({ hasText: "sail-" }).waitFor();
  await picture(page, "resources-terminal");
  await page.keyboard.type("exit\n");
  await page.locator('[data-testid="terminal"][data-state="ended"]').waitFor();
});

step("a deployment is scaled, and its pods follow", async () => {
  await page.goto("/resources?namespace=shop&kind=Deployment");
  await row("web").first().getByRole("link").click();
  await page.getByTestId("resource-scale").click();
  await page.getByLabel("Replicas").fill("3");
  await page.getByRole("dialog").getByRole("button", { name: "Scale" }).click();
  await page.getByRole("tab", { name: "Pods" }).click();
  await eventually(async () => (await page.getByTestId("pod-row").count()) === 3);
});

step("all its pods are read together", async () => {
  await page.getByRole("tab", { name: "Logs" }).click();
  await page.getByTestId("log-line").first().waitFor();
  const speakers = page.getByTestId("log-lines").locator("[title^='web-']");
  await eventually(async () => new Set(await speakers.allTextContents()).size >= 2);
});

step("the editor shows that somebody changed it, and takes it back", async () => {
  await page.goto(`/workflows/${workflow.id}`);
  await page.getByTestId("node").filter({ hasText: "web" }).waitFor();
  await page.getByTestId("target-menu").click();
  await page.getByRole("menuitem", { name: /compare/i }).click();
  const changed = page.locator('[data-testid="drift-object"][data-kind="Deployment"]');
  await changed.filter({ hasText: "spec.replicas" }).waitFor();
  await picture(page, "editor-drift");
  await page.getByTestId("drift-revert").click();
  const target = (await api("GET", `/workflows/${workflow.id}/targets`)).targets[0];
  const reverted = (run) => run.operation === "revert" && run.status === "succeeded";
  await eventually(async () => (await api("GET", `/workflows/${workflow.id}/runs`)).runs.some(reverted));
  const drift = await api("GET", `/workflows/${workflow.id}/drift?target=${target.id}`);
  assert.deepEqual(drift.objects, []);
});

step("logs and a terminal are one press away from a node", async () => {
  await page.getByTestId("node").filter({ hasText: "web" }).click();
  await page.getByTestId("node-logs").click();
  await page.getByTestId("drawer").getByTestId("log-line").first().waitFor();
  await page.getByTestId("node-terminal").click();
  await page.locator('[data-testid="drawer"] [data-testid="terminal"][data-state="ready"]').waitFor();
  await picture(page, "editor-terminal");
});

step("a red node says why, and a fix makes it green", async () => {
  const broken = { name: "web", image: "nginx:does-not-exist", replicas: 2, ports: [{ port: 80 }] };
  const now = await api("GET", `/workflows/${workflow.id}`);
  const nodes = now.nodes.map((each) => (each.id === "web" ? { ...each, data: broken } : each));
  await api("POST", `/workflows/${workflow.id}/save`, { nodes, edges: now.edges });
  const { run_id: run } = await api("POST", `/workflows/${workflow.id}/run`, { namespace: "shop" });
  await eventually(async () => (await api("GET", `/runs/${run}`)).status === "failed");
  await page.reload();
  await page.getByTestId("node").filter({ hasText: "web" }).click();
  await page.locator('[data-testid="finding"][data-cause="image_not_found"]').waitFor();
  await picture(page, "editor-diagnosis");
  await page.getByTestId("fix-button").first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Image").fill("nginx:1.28");
  await dialog.getByText("+ nginx:1.28").waitFor();
  await page.getByTestId("fix-apply-run").click();
  const state = page.getByTestId("node").filter({ hasText: "web" }).getByTestId("node-state");
  await state.filter({ hasText: /healthy/i }).waitFor({ timeout: 60_000 });
  await page.getByTestId("diagnosis").waitFor({ state: "detached" });
});

step("a past run tells what became of each object", async () => {
  await page.getByTestId("more-menu").click();
  await page.getByRole("menuitem", { name: /past runs/i }).click();
  await page.getByTestId("run-open").last().click();
  await page.getByTestId("run-detail").waitFor();
  assert.equal(await page.getByTestId("run-object").count(), 2);
  await page.keyboard.press("Escape");
});

step("it is taken off the cluster again", async () => {
  await page.getByTestId("target-menu").click();
  await page.getByRole("menuitem", { name: /remove/i }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await eventually(async () => !(await api("GET", `/workflows/${workflow.id}/targets`)).targets[0].is_deployed);
});

step("nothing went wrong in the browser", async () => {
  // The machine's own interfaces come and go with containers; what was cut is fetched again.
  const ours = page.problems.filter((problem) => !problem.includes("ERR_NETWORK_CHANGED"));
  assert.deepEqual(ours, []);
});
