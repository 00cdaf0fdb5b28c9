// Plugins on screen: found, checked against a cluster, turned off and on; what is on stands in the palette.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launchBrowser, newPage, picture, signIn, signInByForm, startProduct, storyOf } from "./product.mjs";

let product;
let browser;
let page;
let workflow;

const step = storyOf("plugins", () => page);

before(async () => {
  product = await startProduct();
  const api = await signIn(product.url);
  workflow = await api("POST", "/workflows", { name: "Certified" });
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { colorScheme: "light" });
  page.setDefaultTimeout(20_000);
  await signInByForm(page);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

step("a plugin is found by a kind that it brings, and its address says so", async () => {
  await page.getByRole("link", { name: "Plugins" }).click();
  await page.getByRole("heading", { name: "Plugins" }).waitFor();
  await page.getByText("cert-manager", { exact: true }).waitFor();
  await picture(page, "plugins");
  await page.getByLabel("Search plugins").fill("ClusterIssuer");
  await page.getByText("KEDA", { exact: true }).waitFor({ state: "detached" });
  assert.match(page.url(), /q=ClusterIssuer/);
  await page.getByRole("link", { name: "cert-manager" }).click();
  await page.getByRole("heading", { name: "cert-manager", level: 1 }).waitFor();
});

step("a cluster that lacks it says so, with how to install it", async () => {
  const need = page.getByTestId("requirement");
  await need.getByText("Choose a cluster").waitFor();
  await page.getByRole("combobox", { name: "Check against" }).click();
  await page.getByRole("option").nth(1).click();
  await need.getByText(/Not installed there: .*Certificate/).waitFor();
  await page.waitForURL(/cluster=/);
  await picture(page, "plugin");
});

step("what is off is not in the palette, what is on is", async () => {
  const palette = async () => {
    await page.goto(`/workflows/${workflow.id}`);
    await page.getByPlaceholder("Search").first().fill("certificate");
    await page.getByText("Deployment", { exact: true }).first().waitFor({ state: "detached" });
    return page.getByText("Certificate", { exact: true }).first();
  };
  assert.equal(await (await palette()).count(), 0);
  await page.goto("/plugins/cert-manager");
  await page.getByRole("switch", { name: /^On Its kinds/ }).click();
  await page.getByText("cert-manager is on.").waitFor();
  await (await palette()).waitFor();
  await picture(page, "plugins-palette");
});

step("it fits a narrow window, in the dark", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.goto("/plugins");
  await page.getByText("cert-manager", { exact: true }).waitFor();
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wider <= 0, `${wider} px too wide`);
  await picture(page, "plugins-dark-1024");
});

step("nothing went wrong in the browser", () => {
  assert.deepEqual(page.problems, []);
});
