// A token for a pipeline: made, copied once, used, and revoked.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser, newPage, picture, signInByForm, startProduct, storyOf } from "./product.mjs";

let product;
let browser;
let page;
let token;

const step = storyOf("tokens", () => page);

/** What a program gets that calls the API with the token. */
async function answer(method, path) {
  const headers = { Authorization: `Bearer ${token}` };
  return (await fetch(`${product.url}/v1/api${path}`, { method, headers })).status;
}

async function pictures(name) {
  if (!process.env.SAILCLOTH_SCREENSHOTS) return;
  for (const [width, height] of [
    [1280, 800],
    [1920, 1080],
  ]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      // Colours take a moment to change.
      await page.waitForTimeout(300);
      await picture(page, `tokens-${name}-${width}-${colorScheme}`);
    }
  }
}

before(async () => {
  product = await startProduct();
  browser = await launchBrowser();
  page = await newPage(browser, product.url);
  page.setDefaultTimeout(30_000);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: product.url });
  await signInByForm(page);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

step("a token is made with the keyboard", async () => {
  await page.goto("/settings/tokens");
  await page.getByText("No tokens yet").waitFor();
  await pictures("empty");
  await page.getByRole("button", { name: "New token" }).press("Enter");
  await page.getByLabel("Name").fill("deploy from CI");
  await page.getByRole("checkbox", { name: /^Deploy/ }).press("Space");
  await pictures("form");
  await page.getByLabel("Name").press("Enter");
  await page.getByText(/is made\. Copy it now/).waitFor();
});

step("it is copied, used within its scopes, and not shown again", async () => {
  await page.getByRole("button", { name: "Copy the token" }).click();
  token = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(token, /^slc_[\w-]{43}$/);
  await pictures("made");
  assert.equal(await answer("GET", "/profile"), 200);
  assert.equal(await answer("POST", "/tokens"), 403);
  await page.reload();
  await page.getByText(/last used just now/).waitFor();
  assert.equal((await page.content()).includes(token), false);
  await pictures("list");
});

step("once revoked it opens nothing", async () => {
  await page.getByRole("button", { name: "Revoke the token deploy from CI" }).click();
  await page.getByText(/cannot be brought back/).waitFor();
  await pictures("revoke");
  await page.getByRole("button", { name: "Revoke the token", exact: true }).click();
  await page.getByText("No tokens yet").waitFor();
  assert.equal(await answer("GET", "/profile"), 401);
});

test("nothing went wrong in the browser", () => {
  assert.deepEqual(page.problems, []);
});
