// What happened, and who may sign in: the activity of an installation and its people.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before } from "node:test";
import {
  launchBrowser,
  newPage,
  PASSWORD,
  picture,
  signIn,
  signInByForm,
  startProduct,
  storyOf,
} from "./product.mjs";

let product;
let browser;
let page;

const step = storyOf("administration", () => page);

before(async () => {
  product = await startProduct();
  const api = await signIn(product.url);
  await api("POST", "/workflows", { name: "Shop", nodes: [], edges: [] });
  for (const name of ["Ada", "Grace"]) {
    const email = `${name.toLowerCase()}@example.com`;
    await fetch(`${product.url}/v1/api/auth/register`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name, email, password: PASSWORD }),
    });
  }
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(30_000);
  await signInByForm(page);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

step("what happened is listed, narrowed and opened", async () => {
  await page.goto("/settings/activity");
  await page.getByRole("table", { name: "Activity" }).waitFor();
  await picture(page, "activity-light");
  await page.getByLabel(/^Search for people/).fill("Shop");
  await page.waitForURL(/q=Shop/);
  await page.getByText("1 entry").waitFor();
  await page.getByRole("button", { name: "Workflow created" }).click();
  await page.getByRole("dialog").getByText("workflow.created").waitFor();
  await picture(page, "activity-entry");
  await page.reload();
  await page.getByRole("dialog").getByRole("button", { name: "Open it" }).waitFor();
  await page.getByRole("button", { name: "Only what was done to this" }).click();
  await page.waitForURL(/object=/);
});

step("it is exported as it is narrowed", async () => {
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: /CSV/ }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^audit-\d{4}-\d\d-\d\d\.csv$/);
  const lines = readFileSync(await download.path(), "utf8").trim().split("\r\n");
  assert.match(lines[0], /^id,created_at,action/);
  assert.equal(lines.length, 2);
  assert.match(lines[1], /workflow\.created/);
});

step("somebody is disabled, and a link for a new password made", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.getByRole("link", { name: "People" }).click();
  await page.getByText("3 people").waitFor();
  await picture(page, "people-dark");
  await page.getByRole("button", { name: "Grace" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("button", { name: "Make a link for a new password" }).click();
  await sheet.getByText(/reset-password#code=/).waitFor();
  await picture(page, "people-person");
  await sheet.getByRole("switch", { name: /May sign in/ }).click();
  await sheet.getByText("Not signed in anywhere.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("row", { name: /Grace.*Disabled/ }).waitFor();
});

step("the last administrator stays one", async () => {
  await page.getByRole("button", { name: "Administrator", exact: true }).click();
  await page.getByRole("dialog").getByRole("switch", { name: /^Administrator/ }).click();
  await page.getByText(/last administrator who can sign in/).waitFor();
  await page.getByRole("dialog").getByRole("switch", { name: /^Administrator/, checked: true }).waitFor();
  assert.deepEqual(
    page.problems.filter((each) => !each.includes("409")),
    [],
  );
});
