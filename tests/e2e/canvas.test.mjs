// The canvas by pointer and by key: lines that make nodes, and what fits lighting up.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { eventually, freePort, launchBrowser, newPage, picture, signIn, signInByForm, startProduct } from "./product.mjs";

let product;
let browser;
let page;
let api;

before(async () => {
  product = await startProduct();
  api = await signIn(product.url);
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { colorScheme: "light", viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(10_000);
  await signInByForm(page);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

const made = (id, type, x, y, data, rest = {}) => ({ id, type, position: { x, y }, data, ...rest });

/** A workflow of this test alone, open in the editor. */
async function open(name, nodes, edges = [], at = page) {
  const workflow = await api("POST", "/workflows", { name, nodes, edges });
  await at.goto(`/workflows/${workflow.id}`);
  await at.locator(".react-flow__node").first().waitFor();
  await settled(at);
  return workflow.id;
}

/** Until the view has stopped moving. */
async function settled(at = page) {
  let last = "";
  await eventually(async () => {
    const now = await at.locator(".react-flow__viewport").getAttribute("style");
    const isStill = now === last;
    last = now;
    return isStill;
  });
}

const stored = async (id) => api("GET", `/workflows/${id}`);
const box = (id, at = page) => at.locator(`.react-flow__node[data-id="${id}"]`);
const handle = (id, end) => box(id).locator(`.react-flow__handle.${end}`);
const saved = (at = page) => at.getByTestId("save-state").filter({ hasText: /^saved/i }).waitFor();

async function centre(locator) {
  const place = await locator.boundingBox();
  return [place.x + place.width / 2, place.y + place.height / 2];
}

const WEB = { name: "web", image: "nginx:1.27", ports: [{ port: 80 }] };

test("a line that is let go on empty space offers what fits, and only what fits lights up", async () => {
  const id = await open("Lines", [
    made("front", "service", 0, 0, { name: "front", ports: [{ port: 80 }] }),
    made("settings", "configmap", 0, 160, { name: "settings" }),
    made("web", "deployment", 380, 80, WEB),
  ]);
  await page.mouse.move(...(await centre(handle("web", "target"))));
  await page.mouse.down();
  const [x, y] = await centre(box("web"));
  await page.mouse.move(x - 100, y + 160, { steps: 5 });
  const lit = () => page.locator(".sc-handle.is-lit").evaluateAll((all) => all.map((each) => each.dataset.nodeid));
  await eventually(async () => (await lit()).length === 2, { seconds: 5 });
  assert.deepEqual((await lit()).sort(), ["front", "settings"]);
  assert.equal(await handle("front", "target").evaluate((each) => getComputedStyle(each).opacity), "0");
  await picture(page, "canvas-pull");
  await page.mouse.move(x - 100, y + 200, { steps: 3 });
  await page.mouse.up();
  const offer = page.getByTestId("quick-add");
  await offer.waitFor();
  const kinds = await offer.getByTestId("palette-item").evaluateAll((all) => all.map((each) => each.dataset.type));
  assert.ok(kinds.includes("secret") && kinds.includes("hpa") && !kinds.includes("namespace"), kinds.join());
  await picture(page, "canvas-offer");
  await page.keyboard.type("persist");
  await page.keyboard.press("Enter");
  await offer.waitFor({ state: "detached" });
  await saved();
  const { nodes, edges } = await stored(id);
  const claim = nodes.find((each) => each.type === "persistentvolumeclaim");
  assert.deepEqual([edges[0].source, edges[0].target], [claim.id, "web"]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+z");
  await eventually(async () => (await stored(id)).nodes.length === 3, { seconds: 10 });
});

test("the same by key alone", async () => {
  const id = await open("Keys", [made("web", "deployment", 0, 0, WEB)]);
  await box("web").focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("node-form").waitFor();
  await page.keyboard.press("Shift+C");
  await page.getByTestId("quick-add").waitFor();
  await page.keyboard.type("service");
  await page.keyboard.press("Enter");
  await saved();
  const { nodes, edges } = await stored(id);
  assert.equal(edges.length, 1);
  assert.equal(edges[0].target, "web");
  assert.notDeepEqual(nodes[1].position, nodes[0].position);

  // What is closed or deleted gives the focus back to the picture.
  const focused = (selector) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
  const panel = page.getByTestId("inspector");
  await box("web").focus();
  await page.keyboard.press("Enter");
  await panel.getByRole("heading", { name: "web", exact: true }).waitFor();
  await panel.getByRole("button", { name: "Close", exact: true }).press("Enter");
  await focused('.react-flow__node[data-id="web"]');
  await page.keyboard.press("Enter");
  await panel.getByRole("heading", { name: "web", exact: true }).waitFor();
  await panel.getByRole("button", { name: "Delete", exact: true }).press("Enter");
  await focused('[data-testid="canvas"]');
});

test("what another tab and another person change is brought together; a clash is a clear choice", async () => {
  const web = (data = {}) => made("web", "deployment", 0, 0, { ...WEB, ...data });
  const id = await open("Two", [web()]);
  const second = await page.context().newPage();
  await second.goto(`/workflows/${id}?node=web`);
  const image = (at) => at.getByTestId("node-form").getByRole("textbox", { name: "Image", exact: true }).first();
  await image(second).fill("nginx:1.28");
  await saved(second);
  await box("web").getByText("nginx:1.28").waitFor();

  await api("POST", `/workflows/${id}/save`, { nodes: [web({ image: "nginx:1.28", replicas: 3 })], edges: [] });
  await image(second).fill("nginx:1.29");
  await eventually(async () => {
    const { data } = (await stored(id)).nodes[0];
    return data.image === "nginx:1.29" && data.replicas === 3;
  }, { seconds: 15 });

  await saved(second);
  await api("POST", `/workflows/${id}/save`, { nodes: [web({ image: "httpd:2", replicas: 3 })], edges: [] });
  await image(second).fill("nginx:1.30");
  await second.getByTestId("clashes").waitFor();
  await picture(second, "canvas-clash");
  await second.getByRole("radio", { name: "Theirs" }).click();
  await second.getByTestId("merge").click();
  await second.getByTestId("clashes").waitFor({ state: "detached" });
  await saved(second);
  await box("web", second).getByText("httpd:2").waitFor();
  assert.equal((await stored(id)).nodes[0].data.image, "httpd:2");
  await second.close();
});

test("edits made offline are kept over a reload, for their person alone, and are brought into what came since", async () => {
  const web = (data = {}) => made("web", "deployment", 0, 0, { ...WEB, ...data });
  const at = await newPage(browser, product.url, { viewport: { width: 1280, height: 800 } });
  at.setDefaultTimeout(10_000);
  at.on("dialog", (dialog) => dialog.accept());
  await signInByForm(at);
  const id = await open("Offline", [web()], [], at);
  const context = at.context();
  const type = async (value) => {
    await box("web", at).click();
    await at.getByTestId("node-form").getByRole("textbox", { name: "Image", exact: true }).first().fill(value);
  };
  const state = (name) => at.locator(`[data-testid=save-state][data-state=${name}]`).waitFor();

  await context.setOffline(true);
  await type("nginx:1.28");
  await state("offline");
  await picture(at, "canvas-offline");
  await at.reload().catch(() => undefined);
  await api("POST", `/workflows/${id}/save`, { nodes: [web({ replicas: 3 }), made("job", "job", 0, 200, { name: "job", image: "busybox:1" })], edges: [] });
  await context.setOffline(false);
  await at.goto(`/workflows/${id}`);
  const offer = at.getByTestId("draft-offer");
  await offer.waitFor();
  await picture(at, "canvas-draft-offer");
  await offer.getByRole("button", { name: "Bring them in" }).click();
  await offer.waitFor({ state: "detached" });
  await eventually(async () => {
    const { nodes } = await stored(id);
    return nodes.length === 2 && nodes[0].data.image === "nginx:1.28" && nodes[0].data.replicas === 3;
  }, { seconds: 10 });
  await state("saved");

  // The tab is closed at once, and both changed the same.
  await context.setOffline(true);
  await type("nginx:1.29");
  await state("offline");
  await at.close();
  await context.setOffline(false);
  await api("POST", `/workflows/${id}/save`, { nodes: [web({ image: "httpd:2" })], edges: [] });
  const next = await context.newPage();
  next.setDefaultTimeout(10_000);
  await next.goto(`/workflows/${id}`);
  await next.getByTestId("draft-offer").getByRole("button", { name: "Bring them in" }).click();
  await next.getByTestId("clashes").waitFor();
  await picture(next, "canvas-draft-clash");
  await next.getByTestId("merge").click();
  await eventually(async () => (await stored(id)).nodes[0].data.image === "nginx:1.29", { seconds: 10 });
  await saved(next);
  await next.reload();
  await box("web", next).waitFor();
  assert.equal(await next.getByTestId("draft-offer").count(), 0);
  assert.deepEqual(
    await next.evaluate(
      () =>
        new Promise((done) => {
          const asked = indexedDB.open("sailcloth");
          asked.onsuccess = () => {
            const all = asked.result.transaction("drafts").objectStore("drafts").getAll();
            all.onsuccess = () => done(all.result);
          };
        }),
    ),
    [],
  );
  await context.close();
});

test("nodes are put into a frame, folded, brought into line, and all of it is undone", async () => {
  const id = await open(
    "Frames",
    [
      made("front", "service", 0, 0, { name: "front", ports: [{ port: 80 }] }),
      made("web", "deployment", 330, 48, WEB),
      made("settings", "configmap", 330, 220, { name: "settings" }),
    ],
    [
      { id: "e1", source: "front", target: "web" },
      { id: "e2", source: "settings", target: "web" },
    ],
  );
  await box("web").click();
  await box("settings").click({ modifiers: ["Shift"] });
  await box("front").click({ modifiers: ["Shift"] });
  await page.getByTestId("arrange-panel").getByRole("button", { name: "Align left edges" }).click();
  await eventually(async () => new Set((await stored(id)).nodes.map((each) => each.position.x)).size === 1, { seconds: 10 });
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Escape");
  await box("web").click();
  await box("settings").click({ modifiers: ["Shift"] });
  await page.keyboard.press("Control+g");
  const frame = page.locator('.react-flow__node[data-id^="group-"]');
  await frame.waitFor();
  await picture(page, "canvas-frame");
  await page.keyboard.press("e");
  await box("web").waitFor({ state: "detached" });
  assert.equal(await page.getByTestId("edge-label").count(), 1);
  await picture(page, "canvas-folded");
  await eventually(async () => (await stored(id)).nodes.some((each) => each.folded === true), { seconds: 10 });
  await page.reload();
  await frame.getByText("2 nodes").waitFor();
  await frame.getByRole("button").click();
  await box("web").waitFor();
  await frame.click({ button: "right", position: { x: 120, y: 12 } });
  await picture(page, "canvas-menu");
  await page.getByRole("menuitem", { name: /remove the frame/i }).click();
  await frame.waitFor({ state: "detached" });
  await eventually(async () => (await stored(id)).nodes.every((each) => each.parentId === undefined), { seconds: 10 });
});

const DEFINITION = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: lanterns.harbour.example}
spec:
  group: harbour.example
  scope: Namespaced
  names: {kind: Lantern, plural: lanterns, singular: lantern}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {colour: {type: string}}}
`;

test("the palette offers the kinds of the workflow's cluster, and waits for none", async () => {
  const kinds = { id: "kinds", type: "manifest", data: { yaml: DEFINITION } };
  const definitions = await api("POST", "/workflows", { name: "Definitions", nodes: [kinds], edges: [] });
  const { run_id } = await api("POST", `/workflows/${definitions.id}/run`, { namespace: "default" });
  await eventually(async () => (await api("GET", `/runs/${run_id}`)).status === "succeeded");
  const id = await open("Kinds", [made("web", "deployment", 0, 0, WEB)]);
  const palette = page.getByTestId("palette");
  const offered = palette.getByRole("group", { name: /^kinds of/i }).getByTestId("palette-item");
  await offered.filter({ hasText: "Lantern" }).waitFor();
  await palette.getByTestId("palette-search").fill("lant");
  await page.keyboard.press("Enter");
  await page.getByTestId("node-form").getByRole("textbox", { name: /name/i }).first().waitFor();
  await picture(page, "canvas-kinds");
  await eventually(async () => (await stored(id)).nodes.some((each) => each.type.startsWith("crd:")), { seconds: 10 });

  // A cluster that takes the call and never answers.
  const port = await freePort();
  const far = { name: "far", server: `https://127.0.0.1:${port}`, auth_type: "bearer_token", token: "t" };
  await api("POST", "/clusters", far);
  const sockets = [];
  const silent = createServer((socket) => sockets.push(socket)).listen(port, "127.0.0.1");
  const workflow = await api("POST", "/workflows", { name: "Far", cluster: "far", nodes: [made("web", "deployment", 0, 0, WEB)], edges: [] });
  await page.goto(`/workflows/${workflow.id}`);
  await box("web").waitFor();
  await page.locator("[data-testid=kinds-state][data-state=asking]").waitFor();
  await picture(page, "canvas-kinds-asking");
  silent.close();
  for (const socket of sockets) socket.destroy();
  await page.locator("[data-testid=kinds-state][data-state=failed]").waitFor({ timeout: 30_000 });
  await picture(page, "canvas-kinds-failed");
  page.problems.splice(0, page.problems.length, ...page.problems.filter((each) => !each.includes("503")));
});

test("a connection shows what it means, and is edited", async () => {
  const id = await open(
    "Meaning",
    [made("data", "persistentvolumeclaim", 0, 0, { name: "data", size: "1Gi" }), made("web", "deployment", 460, 0, WEB)],
    [{ id: "e1", source: "data", target: "web", data: { path: "/var/data" } }],
  );
  const label = page.getByTestId("edge-label");
  await label.getByText("/var/data").waitFor();
  await label.click();
  await page.getByTestId("edge-form").getByRole("textbox", { name: /path/i }).first().fill("/srv/files");
  await label.getByText("/srv/files").waitFor();
  await eventually(async () => (await stored(id)).edges[0].data.path === "/srv/files", { seconds: 10 });
});

test("the first load of the app is at most 350 KiB of compressed JavaScript", async () => {
  const fresh = await browser.newContext({ baseURL: product.url });
  const first = await fresh.newPage();
  let bytes = 0;
  const reads = [];
  first.on("response", (response) => {
    if (response.url().endsWith(".js")) reads.push(response.body().then((body) => (bytes += gzipSync(body).length)));
  });
  await first.goto("/sign-in", { waitUntil: "networkidle" });
  await Promise.all(reads);
  await fresh.close();
  console.log(`first load: ${(bytes / 1024).toFixed(0)} KiB of compressed JavaScript`);
  assert.ok(bytes > 10_000 && bytes <= 350 * 1024, `${bytes} bytes`);
});

test("what is pressed while the canvas glides holds still", async () => {
  await open("Hold", [made("web", "deployment", 0, 0, WEB), made("far", "deployment", 1200, 600, { ...WEB, name: "far" })]);
  const view = () => page.locator(".react-flow__viewport").getAttribute("style");
  const whole = await view();
  await page.mouse.move(600, 500);
  await page.mouse.wheel(0, 600);
  await settled();
  const held = await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    document.querySelector('button[aria-label="Zoom to fit"]').click();
    await frame();
    await frame();
    const pressed = document.querySelector('.react-flow__node[data-id="web"]');
    pressed.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
    return document.querySelector(".react-flow__viewport").getAttribute("style");
  });
  await settled();
  assert.equal(await view(), held);
  assert.notEqual(held, whole);
});

test("nothing went wrong in the browser", () => {
  assert.deepEqual(page.problems, []);
});
