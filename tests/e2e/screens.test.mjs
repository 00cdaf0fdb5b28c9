// Every screen of the product with something on it: each route that the router knows, what can be opened on it, and what
// it shows when nothing can be shown.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults } from "./judge.mjs";
import { eventually, launchBrowser, newPage, PASSWORD, signIn, signInByForm, startProduct } from "./product.mjs";

const COMPOSE = `name: blog
services:
  web:
    image: nginx:1.27
    ports: ["8080:80"]
    network_mode: bridge
  db:
    image: postgres:17
    environment: {POSTGRES_PASSWORD: hush}
`;
const NODES = [
  ["front", "service", 40, 60, { name: "front" }],
  ["web", "deployment", 400, 60, { name: "web", image: "nginx:1.27", replicas: 2, ports: [{ port: 80 }] }],
  ["settings", "configmap", 40, 240, { name: "settings", data: { MODE: "fast" } }],
  ["data", "persistentvolumeclaim", 400, 300, { name: "data", size: "1Gi" }],
].map(([id, type, x, y, data]) => ({ id, type, position: { x, y }, data }));
const EDGES = [
  { id: "e1", source: "front", target: "web" },
  { id: "e2", source: "settings", target: "web" },
  { id: "e3", source: "data", target: "web", data: { path: "/srv" } },
];

let product;
let browser;
let page;
let guest;
let made;

before(async () => {
  product = await startProduct();
  const api = await signIn(product.url);
  made = await furnish(api);
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(30_000);
  await signInByForm(page);
  guest = await newPage(browser, product.url, { viewport: { width: 1280, height: 800 } });
  guest.setDefaultTimeout(30_000);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

/** An installation that has been used for a while. */
async function furnish(api) {
  const succeeded = (run) => eventually(async () => (await api("GET", `/runs/${run}`)).status === "succeeded");
  const workflow = await api("POST", "/workflows", { name: "Shop", namespace: "shop", nodes: NODES, edges: EDGES });
  const { run_id: run } = await api("POST", `/workflows/${workflow.id}/run`, {});
  const broken = await api("POST", "/workflows", {
    name: "Desk",
    namespace: "desk",
    nodes: [
      { id: "desk", type: "deployment", position: { x: 40, y: 40 }, data: { name: "desk", image: "nginx:missing" } },
      { id: "loose", type: "service", position: { x: 400, y: 40 }, data: { name: "Not A Name" } },
    ],
    edges: [],
  });
  await api("POST", "/admin/registries", { type: "generic", name: "harbour", url: "https://harbour.example.com", is_default: true });
  await api("POST", "/tokens", { name: "from CI", scopes: ["read", "deploy"] });
  for (const name of ["Ada", "Grace"]) {
    await fetch(`${product.url}/v1/api/auth/register`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name, email: `${name.toLowerCase()}@example.com`, password: PASSWORD }),
    });
  }
  await api("POST", `/workflows/${workflow.id}/share`, { email: "ada@example.com", role: "viewer" });
  const analysed = await api("POST", "/import/analyze", { source: { content: COMPOSE, filename: "compose.yaml" } });
  const build = await api("POST", "/builds/start", { dockerfile: "FROM busybox:1\nRUN true\n", image: "shop/app", tag: "1.4" });
  await succeeded(run);
  const { resources } = await eventually(async () => {
    const found = await api("GET", "/resources?namespace=shop&kind=Pod");
    return found.resources.length === 2 && found;
  });
  return { workflow: workflow.id, broken: broken.id, run, imported: analysed.import_id, build: build.id, pod: resources[0].id };
}

// Where each route is opened, and by what one sees that it is there. `as: guest`: for whoever is not signed in.
const heading = (name) => (at) => at.getByRole("heading", { name }).first();
const SCREENS = {
  "/sign-in": { as: "guest", sees: (at) => at.getByRole("button", { name: "Sign in", exact: true }) },
  "/register": { as: "guest", sees: heading("Create your account") },
  "/forgot-password": { as: "guest", sees: heading("Choose a new password") },
  "/reset-password": { as: "guest", open: "/reset-password#code=abc", sees: (at) => at.getByLabel("New password") },
  // Neither link is whole: what is wrong is said.
  "/verify-email": { as: "guest", sees: (at) => at.getByRole("heading").first(), expects: "400 (Bad Request)" },
  "/oauth/callback": { as: "guest", sees: (at) => at.getByRole("heading").first(), expects: "404 (Not Found)" },
  "/": { sees: heading(/^Hello/) },
  "/workflows": { sees: (at) => at.getByRole("link", { name: "Shop" }).first() },
  "/workflows/$workflowId": { open: () => `/workflows/${made.workflow}`, sees: (at) => at.getByTestId("node").nth(3) },
  "/clusters": { sees: (at) => at.getByRole("link", { name: /practice/i }).first() },
  "/clusters/$name": { open: "/clusters/practice", sees: heading(/practice/i) },
  "/resources": { open: "/resources?namespace=shop", sees: (at) => at.getByTestId("resource-row").first() },
  "/resources/$resourceId": { open: () => `/resources/${made.pod}`, sees: (at) => at.getByTestId("owner-tree") },
  "/builds": { sees: (at) => at.getByTestId("build-row").first() },
  "/builds/new": { sees: (at) => at.getByLabel("Image", { exact: true }) },
  "/builds/$buildId": { open: () => `/builds/${made.build}`, sees: (at) => at.getByTestId("build-status").first() },
  "/registries": { sees: (at) => at.getByText("harbour", { exact: true }).first() },
  "/import": { sees: (at) => at.getByRole("heading", { name: /Drop a Compose file/ }) },
  "/import/$importId": { open: () => `/import/${made.imported}`, sees: heading("blog") },
  "/templates": { sees: (at) => at.getByRole("link", { name: /WordPress/ }) },
  "/templates/$templateId": { open: "/templates/wordpress", sees: heading("WordPress") },
  "/plugins": { sees: (at) => at.getByText("cert-manager", { exact: true }) },
  "/plugins/$pluginId": { open: "/plugins/cert-manager", sees: heading("cert-manager") },
  "/settings": { sees: heading("Profile") },
  "/settings/profile": { sees: heading("Profile") },
  "/settings/password": { sees: (at) => at.getByLabel("Current password") },
  "/settings/linked-accounts": { sees: heading(/accounts/i) },
  "/settings/sessions": { sees: heading(/where|session|sign/i) },
  "/settings/tokens": { sees: (at) => at.getByText("from CI") },
  "/settings/notifications": { sees: heading("Notifications") },
  "/settings/activity": { sees: (at) => at.getByRole("table", { name: "Activity" }) },
  "/settings/people": { sees: (at) => at.getByText("3 people") },
  "/settings/server": { sees: heading(/sign-up|invite|server/i) },
};

const at = (screen) => (screen.as === "guest" ? guest : page);

/** Follows a link within the product, as a click on it would. */
async function go(on, address) {
  const href = typeof address === "function" ? address() : address;
  await on.evaluate((to) => window.__TSR_ROUTER__.navigate({ href: to }), href);
}

test("no route is forgotten", async () => {
  await page.goto("/");
  await guest.goto("/sign-in");
  const known = await page.evaluate(() => Object.keys(window.__TSR_ROUTER__.routesByPath));
  assert.deepEqual(known.map((each) => each.replace(/(.)\/$/, "$1")).filter((each) => !(each in SCREENS)), []);
});

for (const [route, screen] of Object.entries(SCREENS))
  test(`${route} is fit to be seen`, async () => {
    const on = at(screen);
    on.problems.length = 0;
    await go(on, screen.open ?? route);
    await screen.sees(on).waitFor();
    const found = await faults(on, `screen${route.replace(/[/$]+/g, "-")}`.replace(/-$/, ""));
    assert.match(await on.title(), /.+ · Sailcloth$/);
    const problems = on.problems.filter((each) => !(screen.expects && each.includes(screen.expects)));
    assert.deepEqual([...found, ...problems], []);
  });
