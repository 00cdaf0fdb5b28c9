// The embedded product keeps everything between two starts, and a browser signed in before stays so.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ADMIN, eventually, launchBrowser, newPage, PASSWORD, signIn, startProduct } from "./product.mjs";

let product;
let browser;

after(async () => {
  await browser?.close();
  await product?.stop();
});

test("nothing is lost between two starts", async () => {
  product = await startProduct();
  const port = new URL(product.url).port;
  const api = await signIn(product.url);
  const { workflows } = await api("GET", "/workflows");
  const [demo] = workflows;
  const run = await api("POST", `/workflows/${demo.id}/run`, {});
  await eventually(async () => (await api("GET", `/runs/${run.run_id}`)).status === "succeeded");

  browser = await launchBrowser();
  const page = await newPage(browser, product.url);
  page.setDefaultTimeout(15_000);
  await page.goto(`/workflows/${demo.id}`);
  await page.getByLabel(/e-?mail/i).fill(ADMIN);
  await page.getByLabel(/password/i).first().fill(PASSWORD);
  await page.getByRole("button", { name: /^sign in$/i }).click();
  // The deep link survives the sign-in.
  await page.getByTestId("node").first().waitFor();

  const { folder } = product;
  await product.halt();
  product = await startProduct({ folder, port });
  await page.reload();
  await page.locator('[data-testid="node"][data-state="healthy"]').nth(2).waitFor({ timeout: 30_000 });
  const again = await signIn(product.url);
  assert.equal((await again("GET", `/workflows/${demo.id}/runs`)).total, 1);
});
