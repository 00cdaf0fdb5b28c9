// Every screen of the product with something on it: each route that the router knows, what can be opened on it, and what
// it shows when nothing can be shown.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { furnish } from "./furnish.mjs";
import { faults } from "./judge.mjs";
import { eventually, launchBrowser, newPage, signIn, signInByForm, startProduct } from "./product.mjs";

let product;
let browser;
let page;
let guest;
let made;

before(async () => {
  product = await startProduct();
  const api = await signIn(product.url);
  made = await furnish(api, product.url);
  browser = await launchBrowser();
  const still = { viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" };
  page = await newPage(browser, product.url, still);
  page.setDefaultTimeout(30_000);
  await signInByForm(page);
  guest = await newPage(browser, product.url, still);
  guest.setDefaultTimeout(30_000);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

// Where each route is opened, and by what one sees that it is there. `as: guest`: for whoever is not signed in.
const heading = (name) => (at) => at.getByRole("heading", { name }).first();
const SCREENS = {
  "/sign-in": { as: "guest", sees: (at) => at.getByRole("button", { name: "Sign in", exact: true }) },
  "/register": { as: "guest", sees: heading("Create your account") },
  "/forgot-password": { as: "guest", sees: heading("Forgot your password?") },
  "/reset-password": { as: "guest", open: "/reset-password#code=abc", sees: (at) => at.getByLabel("New password") },
  // Neither link is whole: what is wrong is said.
  "/verify-email": { as: "guest", sees: (at) => at.getByRole("heading").first() },
  "/oauth/callback": { as: "guest", sees: (at) => at.getByRole("heading").first(), expects: "404 (Not Found)" },
  "/": { sees: heading(/^Hello/) },
  "/workflows": { sees: (at) => at.getByRole("link", { name: "Shop" }).first() },
  "/workflows/$workflowId": { open: () => `/workflows/${made.shop}`, sees: (at) => at.getByTestId("node").nth(3) },
  "/clusters": { sees: (at) => at.getByRole("link", { name: /practice/i }).first() },
  "/clusters/$name": { open: "/clusters/practice", sees: heading(/practice/i) },
  "/resources": { open: "/resources?namespace=shop", sees: (at) => at.getByTestId("resource-row").first() },
  "/resources/$resourceId": { open: () => `/resources/${made.pod}`, sees: (at) => at.getByTestId("owner-tree") },
  "/builds": { sees: (at) => at.getByTestId("build-row").first() },
  "/builds/new": { sees: (at) => at.getByLabel("Image", { exact: true }) },
  "/builds/webhooks": { sees: (at) => at.getByRole("heading", { level: 1 }) },
  "/builds/logins": { sees: (at) => at.getByRole("heading", { level: 1 }) },
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

// What can be opened on a screen, and how. Each must go away with Escape, unless `stays`.
const shop = (more = "") => `/workflows/${made.shop}${more}`;
const press = (id) => (on) => on.getByTestId(id).click();
const OPENED = {
  "the palette of commands": {
    at: () => shop(),
    open: (on) => on.keyboard.press("Control+k"),
    sees: (on) => on.getByRole("dialog").getByRole("option", { name: /^Preview a run/ }),
  },
  "the menu of the account": {
    at: "/",
    open: (on) => on.getByRole("button", { name: /^Account/ }).click(),
    sees: (on) => on.getByRole("menuitem", { name: "Sign out" }),
  },
  notifications: {
    at: "/",
    open: (on) => on.getByRole("button", { name: /^Notifications/ }).click(),
    sees: (on) => on.getByRole("link", { name: /Shop is deployed/ }),
  },
  "a new workflow": { at: "/workflows?create=true", sees: (on) => on.getByRole("dialog"), stays: true },
  "a new cluster": { at: "/clusters?add=true", sees: (on) => on.getByRole("dialog"), stays: true },
  "a new registry": { at: "/registries?add=true", sees: (on) => on.getByRole("dialog"), stays: true },
  "a node's form": { at: () => shop("?node=web"), sees: (on) => on.getByTestId("node-form") },
  "a node's YAML": { at: () => shop("?node=web&show=yaml"), sees: (on) => on.getByText("kind: Deployment") },
  "a form with problems": {
    at: () => `/workflows/${made.desk}?node=loose&panel=problems`,
    sees: (on) => on.getByTestId("field-problem").first(),
    stays: true,
  },
  "a connection": { at: () => shop(), open: (on) => on.getByTestId("edge-label").last().click(), sees: (on) => on.getByTestId("edge-form") },
  "new nodes": {
    at: () => shop(),
    open: async (on) => {
      await on.getByTestId("node").filter({ hasText: "web" }).click();
      await on.keyboard.press("Shift+C");
    },
    sees: (on) => on.getByTestId("quick-add"),
  },
  "the menu of the canvas": {
    at: () => shop(),
    open: (on) => on.getByTestId("node").filter({ hasText: "web" }).click({ button: "right" }),
    sees: (on) => on.getByRole("menu"),
  },
  "the menu of the editor": { at: () => shop(), open: press("more-menu"), sees: (on) => on.getByRole("menu") },
  "the menu of the target": { at: () => shop(), open: press("target-menu"), sees: (on) => on.getByRole("menu") },
  "the plan": { at: () => shop("?begin=plan"), sees: (on) => on.getByTestId("plan-row").first() },
  "the run": { at: () => shop("?begin=run"), sees: (on) => on.getByTestId("start-run") },
  "past runs": { at: () => shop("?panel=runs"), sees: (on) => on.getByTestId("run-open").first() },
  "a past run": { at: () => shop(`?run=${made.run}`), sees: (on) => on.getByTestId("run-detail") },
  "a run's log": { at: () => shop("?panel=run"), sees: (on) => on.getByTestId("run-log") },
  versions: { at: () => shop("?panel=versions"), sees: (on) => on.getByText("three of them") },
  "two versions": {
    at: () => shop("?panel=versions"),
    open: (on) => on.getByTestId("version-compare").last().click(),
    sees: (on) => on.getByTestId("compare-entry").first(),
  },
  drift: { at: () => shop("?panel=drift"), sees: (on) => on.getByTestId("drawer").getByTestId("no-drift") },
  "a node's logs": { at: () => shop("?node=web&panel=logs&of=web"), sees: (on) => on.getByTestId("log-line").first(), stays: true },
  "a node's terminal": {
    at: () => shop("?panel=terminal&of=web"),
    sees: (on) => on.locator('[data-testid="terminal"][data-state="ready"]'),
    stays: true,
  },
  shortcuts: { at: () => shop(), open: (on) => on.keyboard.press("?"), sees: (on) => on.getByRole("dialog") },
  sharing: {
    at: () => shop(),
    open: async (on) => {
      await on.getByTestId("more-menu").click();
      await on.getByRole("menuitem", { name: /share/i }).click();
    },
    sees: (on) => on.getByTestId("share-row").first(),
  },
  "a pod's logs": { at: () => `/resources/${made.pod}?tab=logs`, sees: (on) => on.getByTestId("log-line").first(), stays: true },
  "a pod's YAML": { at: () => `/resources/${made.pod}?tab=yaml`, sees: (on) => on.getByTestId("resource-yaml"), stays: true },
  "a pod's events": { at: () => `/resources/${made.pod}?tab=events`, sees: (on) => on.getByRole("tab", { selected: true, name: /events/i }), stays: true },
  "a pod's terminal": {
    at: () => `/resources/${made.pod}?tab=terminal`,
    sees: (on) => on.locator('[data-testid="terminal"][data-state="ready"]'),
    stays: true,
  },
  "what a cluster offers": { at: "/clusters/practice?tab=offers", sees: (on) => on.getByRole("tab", { selected: true }), stays: true },
  "access to a cluster": { at: "/clusters/practice?tab=access", sees: (on) => on.getByRole("tab", { selected: true }), stays: true },
  "the log of a cluster": { at: "/clusters/practice?tab=log", sees: (on) => on.getByRole("tab", { selected: true }), stays: true },
  "a build's settings": { at: () => `/builds/${made.build}?tab=settings`, sees: (on) => on.getByRole("tab", { selected: true }), stays: true },
  "an import as a picture": { at: () => `/import/${made.imported}?tab=picture`, sees: (on) => on.getByRole("img", { name: /becomes/ }), stays: true },
  "an import from Git": { at: "/import?by=git", sees: (on) => on.getByLabel("Address of the repository"), stays: true },
  "an import of a namespace": { at: "/import?by=cluster", sees: (on) => on.getByLabel("Namespace"), stays: true },
  "a person": {
    at: "/settings/people",
    open: (on) => on.getByRole("button", { name: "Grace" }).click(),
    sees: (on) => on.getByRole("dialog").getByRole("switch").first(),
  },
  "an entry of the record": {
    at: "/settings/activity",
    open: (on) => on.getByRole("button", { name: "Workflow created" }).first().click(),
    sees: (on) => on.getByRole("dialog"),
  },
  "no match": { at: "/workflows?q=nothing-like-it", sees: (on) => on.getByText(/nothing|no workflow/i).first(), stays: true },
  "no such page": { at: "/no/such/page", sees: heading("There is nothing here"), stays: true },
  "no such workflow": {
    at: "/workflows/00000000-0000-7000-8000-000000000000",
    sees: (on) => on.getByRole("heading", { name: /^This workflow does not exist/ }),
    stays: true,
    expects: "404 (Not Found)",
  },
};

for (const [name, state] of Object.entries(OPENED))
  test(`${name}: opened, fit to be seen, and closed again`, async () => {
    page.problems.length = 0;
    await go(page, "/settings/profile");
    await go(page, state.at);
    if (state.open) {
      await page.getByTestId(typeof state.at === "function" ? "node" : "nothing").or(page.locator("#content h1")).first().waitFor();
      await state.open(page);
    }
    await state.sees(page).waitFor();
    const found = await faults(page, `opened-${name.replace(/\W+/g, "-")}`);
    const problems = page.problems.filter((each) => !(state.expects && each.includes(state.expects)));
    assert.deepEqual([...found, ...problems], []);
    if (state.stays) return;
    await page.keyboard.press("Escape");
    await state.sees(page).waitFor({ state: "hidden" });
  });

// What is shown when nothing can be: each page that asks the server for something, with a server that fails, and none.
const ASKING = ["/", "/workflows", "/clusters", "/resources", "/builds", "/registries", "/templates", "/plugins", "/settings/tokens", "/settings/people", "/settings/activity"];

for (const [name, answer] of [
  ["a server that fails", (route) => route.fulfill({ status: 500, contentType: "application/json", body: '{"error":"The database is gone.","code":"internal"}' })],
  ["no server", (route) => route.abort("connectionrefused")],
])
  test(`with ${name} every page says so and offers to try again`, async () => {
    const alone = await page.context().newPage();
    alone.setDefaultTimeout(30_000);
    await alone.goto("/settings/profile");
    await heading("Profile")(alone).waitFor();
    const isData = (url) => url.pathname.startsWith("/v1/api/") && !url.pathname.includes("/auth/");
    await alone.route(isData, answer);
    const found = [];
    for (const address of ASKING) {
      await go(alone, address);
      await alone.locator("#content").getByRole("button", { name: "Try again" }).first().waitFor();
      if (address === "/workflows") found.push(...(await faults(alone, `failed-${name.replace(/\W+/g, "-")}`)));
    }
    assert.deepEqual(found, []);
    await alone.unroute(isData);
    await alone.locator("#content").getByRole("button", { name: "Try again" }).first().click();
    await alone.getByRole("table", { name: "Activity" }).waitFor();
    await alone.close();
  });

// What was open comes back with a reload, and is in the address that one may send to somebody.
test("a reload brings back what was open", async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await go(page, shop());
  await page.getByTestId("node").filter({ hasText: "web" }).click();
  await page.waitForURL(/node=web/);
  await page.getByRole("radio", { name: "YAML" }).click();
  await page.waitForURL(/show=yaml/);
  await page.keyboard.press("p");
  await page.waitForURL(/panel=problems/);
  await page.reload();
  await page.getByTestId("node-yaml").getByText("kind: Deployment").waitFor();
  await page.getByTestId("problems").waitFor();
  await page.getByRole("tab", { name: "Past runs" }).click();
  await page.getByTestId("run-open").first().click();
  await page.waitForURL(/run=/);
  await page.reload();
  await page.getByTestId("run-detail").waitFor();
  await page.keyboard.press("Escape");
  await page.waitForURL((url) => !url.searchParams.has("run"));
});

test("the link of a notification opens the run that it tells of", async () => {
  await go(page, "/");
  await page.getByRole("button", { name: /^Notifications/ }).click();
  await page.getByRole("link", { name: /Shop is deployed/ }).click();
  await page.getByTestId("run-detail").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("run"), made.run);
});

test("a run is begun from anywhere by its workflow's name", async () => {
  await go(page, "/settings/profile");
  await heading("Profile")(page).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").waitFor();
  await page.keyboard.type("run shop");
  await page.getByRole("option", { name: "Run Shop…", selected: true }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByTestId("start-run").waitFor();
  await page.waitForURL((url) => !url.searchParams.has("begin"));
  await page.keyboard.press("Escape");
  await page.getByTestId("start-run").waitFor({ state: "detached" });
});
