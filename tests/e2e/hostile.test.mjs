// What others write stays text: names, files, logs, terminals, errors and notifications that try to become more.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, launchBrowser, newPage, PASSWORD, signIn, signInByForm, startProduct } from "./product.mjs";

const HTML = '"><img src=x onerror="window.owned=1"><script>window.owned=1</script><a href="javascript:window.owned=1">go</a>';
const NAME = `Shop ${HTML}`;
const HOSTILE_LINES = [
  HTML,
  "\u001b]0;owned title\u0007\u001b]2;owned title\u001b\\after a title",
  "\u001b]52;c;b3duZWQ=\u0007after a clipboard",
  "\u001b]8;;javascript:window.owned=1\u0007a link\u001b]8;;\u0007",
  `\u001b[31m${HTML}\u001b[0m\u001b[38;2;1;2;3;4;5;6;7;8m\u001b[999999999999A\u001b[2J\u001b[?1049h bombs`,
  "\u001b[".repeat(20_000),
  "\u202Eright to left\u2066 \u0000\u0008\u007f",
  "&lt;b&gt; {{constructor.constructor('window.owned=1')()}} ${window.owned=1}",
];

let product;
let browser;
let page;
let api;
let workflow;
let pod;

before(async () => {
  product = await startProduct();
  api = await signIn(product.url);
  const node = (id, type, data) => ({ id, type, position: { x: 40, y: 40 }, data });
  workflow = await api("POST", "/workflows", {
    name: NAME,
    description: HTML,
    namespace: "shop",
    nodes: [
      node("web", "deployment", { name: "web", image: "nginx:missing", env: [{ name: "A", value: HTML }] }),
      node("note", "note", { text: HTML }),
      node("settings", "configmap", { name: "settings", data: { "page.html": HTML } }),
    ],
    edges: [],
  });
  await api("POST", `/workflows/${workflow.id}/run`, { timeout_seconds: 5 });
  await api("POST", `/workflows/${workflow.id}/versions`, { name: HTML.slice(0, 60) });
  pod = (
    await eventually(async () => {
      const { resources } = await api("GET", "/resources?namespace=shop&kind=Pod");
      return resources.length > 0 && resources;
    })
  )[0];
  await eventually(async () => (await api("GET", "/notifications")).unread > 0);
  browser = await launchBrowser();
  page = await newPage(browser, product.url);
  page.setDefaultTimeout(20_000);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: product.url });
  await signInByForm(page);
  await page.evaluate(() => navigator.clipboard.writeText("mine"));
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

/** Nothing ran, nothing was made of the text, and neither title nor clipboard was reached. */
async function isUnharmed() {
  const found = await page.evaluate(async () => ({
    owned: window.owned,
    made: [...document.querySelectorAll('img[src="x"], a[href^="javascript:" i], [onerror]')].map((each) => each.outerHTML),
    scripts: [...document.scripts].filter((each) => !each.src).length,
    title: document.title,
    clipboard: await navigator.clipboard.readText(),
  }));
  assert.deepEqual({ ...found, title: "" }, { owned: undefined, made: [], scripts: 0, title: "", clipboard: "mine" });
  assert.ok(!found.title.startsWith("owned"), found.title);
}

test("a script that is put into a page does not run", async () => {
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.owned=1";
    document.body.append(script);
    script.remove();
    const holder = document.createElement("div");
    holder.innerHTML = '<img src="data:," onerror="window.owned=1">';
    document.body.append(holder);
  });
  const refused = () => page.problems.filter((each) => each.includes("Content Security Policy"));
  await eventually(() => refused().length >= 2, { seconds: 10 });
  assert.equal(await page.evaluate(() => window.owned), undefined);
  await page.evaluate(() => document.body.lastElementChild.remove());
  page.problems.length = 0;
});

test("the page of the API runs its own script and no other", async () => {
  const other = await newPage(browser, product.url);
  await other.goto("/v1/docs");
  await other.locator(".swagger-ui .info .title").waitFor();
  await other.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.owned=1";
    document.body.append(script);
  });
  assert.equal(await other.evaluate(() => window.owned), undefined);
  await other.context().close();
});

test("names, notes, YAML, versions, runs and diagnoses are text", async () => {
  await page.goto("/workflows");
  await page.getByRole("link", { name: NAME }).waitFor();
  await isUnharmed();
  for (const more of ["?node=web", "?node=settings&show=yaml", "?panel=versions", "?panel=run", "?panel=problems"]) {
    await page.goto(`/workflows/${workflow.id}${more}`);
    await page.getByTestId("node").first().waitFor();
    await isUnharmed();
  }
  await page.goto("/");
  await page.getByRole("button", { name: /^Notifications/ }).click();
  await page.getByRole("link", { name: /could not be deployed/ }).waitFor();
  await isUnharmed();
  await page.goto("/settings/activity");
  await page.getByRole("table", { name: "Activity" }).getByText(NAME).filter({ visible: true }).first().waitFor();
  await isUnharmed();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("Shop");
  await page.getByRole("option", { name: NAME }).first().waitFor();
  await isUnharmed();
});

test("the name of an imported file and what is in it are text", async () => {
  const content = `services:\n  web:\n    image: nginx\n    labels:\n      page: '${HTML.replaceAll("'", "")}'\n`;
  const { import_id: id } = await api("POST", "/import/analyze", {
    source: { content, filename: "<img src=x onerror=window.owned=1>.yaml" },
  });
  await page.goto(`/import/${id}`);
  await page.getByText("services.web.image", { exact: true }).waitFor();
  await isUnharmed();
});

const stream = (events) => events.map(([type, data]) => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`).join("");

test("lines of a log are text", async () => {
  const times = { time: "2026-11-26T10:00:00Z", exact_time: "2026-11-26T10:00:00.000000000Z" };
  const line = (text) => ["line", { pod: "web-1", container: "web", ...times, text }];
  await page.route("**/logs/stream**", (route) =>
    route.fulfill({
      contentType: "text/event-stream",
      body: stream([
        ["snapshot", { pods: [{ pod: "web-1", containers: ["web"] }], cursor: "" }],
        ...[...HOSTILE_LINES, "the last line"].map(line),
        ["done", { reason: HTML }],
      ]),
    }),
  );
  await page.goto(`/resources/${pod.id}?tab=logs`);
  await page.getByTestId("log-line").filter({ hasText: "the last line" }).waitFor();
  await isUnharmed();
  await page.unroute("**/logs/stream**");
});

test("lines of a build and why it failed are text", async () => {
  await api("POST", "/admin/registries", { type: "generic", name: "harbour", url: "https://harbour.example.com", is_default: true });
  const dockerfile = `FROM scratch\nLABEL a='${HTML}'\n`;
  const { id } = await api("POST", "/builds/start", { dockerfile, image: "shop/app" });
  const build = { ...(await api("GET", `/builds/${id}`)), status: "failed", error: HTML };
  await page.route("**/builds/*/stream**", (route) =>
    route.fulfill({
      contentType: "text/event-stream",
      body: stream([
        ["snapshot", { build, cursor: 0 }],
        ...[...HOSTILE_LINES, "the last line"].map((text) => ["line", { stage: HTML, text, time: "2026-11-26T10:00:00Z" }]),
        ["done", {}],
      ]),
    }),
  );
  await page.goto(`/builds/${id}`);
  await page.getByTestId("log-line").filter({ hasText: "the last line" }).waitFor();
  await page.getByText(HTML).first().waitFor();
  await isUnharmed();
  await page.goto(`/builds/${id}?tab=dockerfile`);
  await page.getByText("FROM scratch").waitFor();
  await isUnharmed();
  await page.unroute("**/builds/*/stream**");
});

test("what a terminal is sent reaches neither the clipboard, nor links, nor the title", async () => {
  await page.routeWebSocket("**/exec/terminal**", (socket) => {
    socket.send(JSON.stringify({ type: "ready", session: "s", pod: "web-1", container: "web", shell: "sh", seq: 0 }));
    HOSTILE_LINES.forEach((text, index) => {
      socket.send(JSON.stringify({ type: "output", data: `${text}\r\n`, seq: index + 1 }));
    });
    // A reset: the lines before left the screen in another buffer, and made what comes after them invisible.
    socket.send(JSON.stringify({ type: "output", data: "\u001b\\\u001bc\u001b]8;;javascript:window.owned=1\u0007a link\u001b]8;;\u0007", seq: 99 }));
  });
  await page.goto(`/resources/${pod.id}?tab=terminal`);
  const link = page.locator(".xterm-rows").filter({ hasText: /a.link/ });
  await link.waitFor();
  await page.locator(".xterm-screen").click({ position: { x: 20, y: 8 }, modifiers: ["Control"] });
  await page.locator(".xterm-screen").click({ position: { x: 20, y: 8 } });
  await isUnharmed();
});

test("an error's words are text, and lead on", async () => {
  await page.route("**/v1/api/registries/**", (route) =>
    route.fulfill({ status: 500, contentType: "application/json", body: JSON.stringify({ error: HTML, code: "broken" }) }),
  );
  await page.goto("/registries");
  await page.getByRole("button", { name: "Try again" }).waitFor();
  await isUnharmed();
  await page.unroute("**/v1/api/registries/**");
});

test("no script can read a token: not from a store, not from a cookie", async () => {
  const { cookies } = await page.context().storageState();
  const refresh = cookies.filter((each) => each.value.length > 30);
  assert.equal(refresh.length, 1);
  assert.deepEqual([refresh[0].httpOnly, refresh[0].sameSite], [true, "Strict"]);
  assert.match(refresh[0].path, /^\/v1\/api\/auth/);
  const kept = await page.evaluate(async () => {
    const databases = (await indexedDB.databases?.()) ?? [];
    return { local: { ...localStorage }, session: { ...sessionStorage }, cookie: document.cookie, databases: databases.map(({ name }) => name) };
  });
  const bearer = await page.waitForRequest((each) => each.headers().authorization?.startsWith("Bearer "));
  const token = bearer.headers().authorization.slice("Bearer ".length);
  const all = JSON.stringify(kept);
  for (const secret of [token, refresh[0].value, PASSWORD]) assert.ok(!all.includes(secret), all);
  assert.ok(!/eyJ[\w-]+\./.test(all), all);
  assert.equal(kept.cookie, "");
});

test("nothing went wrong in the browser", () => {
  assert.deepEqual(page.problems.filter((each) => !each.includes("500 (Internal")), []);
});
