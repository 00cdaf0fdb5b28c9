// The address of a repository becomes a workflow: fetched while one looks on, asked about, decided and made.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launchBrowser, newPage, picture, ROOT, signInByForm, startProduct, storyOf } from "./product.mjs";

let product;
let browser;
let page;
let git;
let address;

const step = storyOf("imports of repositories", () => page);

before(async () => {
  process.env.SAILCLOTH_ALLOWED_NETWORKS = "127.0.0.0/8";
  git = spawn(join(ROOT, ".venv/bin/python"), [join(ROOT, "tests/e2e/git_server.py")]);
  address = await new Promise((told) => git.stdout.once("data", (text) => told(String(text).trim())));
  product = await startProduct();
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { colorScheme: "light" });
  page.setDefaultTimeout(30_000);
  await signInByForm(page);
});

after(async () => {
  git?.stdin.end();
  await browser?.close();
  await product?.stop();
});

async function send(url, path = "") {
  await page.getByLabel("Address of the repository").fill(url);
  await page.getByLabel("Folder or file").fill(path);
  await page.getByRole("button", { name: "Fetch and look through it" }).click();
}

step("what is no repository is said beside its field", async () => {
  await page.goto("/import");
  await page.getByRole("radio", { name: "A Git repository" }).click();
  assert.match(page.url(), /by=git/);
  await page.getByRole("checkbox", { name: "It is private" }).click();
  await page.getByLabel("Token or password").fill("a-canary-token");
  await picture(page, "imports-git");
  await send("http://127.0.0.1/x.git");
  await page.getByText("A token is only sent over https.").waitFor();
  await page.getByRole("checkbox", { name: "It is private" }).click();
});

step("what is not there fails with a sentence, and one may go back", async () => {
  await send(`${address}/absent.git`);
  await page.waitForURL(/\/import\/[0-9a-f-]{36}/);
  await page.getByText(/no such repository/).waitFor();
  await picture(page, "imports-git-failed");
  await page.getByRole("link", { name: "Change it and try again" }).click();
  await page.waitForURL(/by=git/);
  assert.equal(await page.getByLabel("Address of the repository").inputValue(), `${address}/absent.git`);
});

step("Dockerfiles and packages become workloads with their builds", async () => {
  await send(`${address}/shop.git`);
  await page.getByRole("heading", { name: "deploy", level: 1 }).waitFor();
  await picture(page, "imports-git-several");
  await page.getByRole("combobox", { name: "Which files make the project" }).click();
  await page.getByRole("option", { name: /api\/Dockerfile/ }).click();
  await page.getByRole("heading", { name: "shop", level: 1 }).waitFor();
  await page.getByText("api/Dockerfile:2", { exact: true }).waitFor();
  // The source beside it follows, and so does the name.
  await page.getByText("EXPOSE 8080").waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Name", exact: true }).inputValue(), "shop");
  await picture(page, "imports-git-report");
  await page.getByRole("radio", { name: "Picture" }).click();
  await page.getByRole("img", { name: /workflow that shop becomes/ }).waitFor();
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "imports-git-picture-dark");
  await page.getByRole("button", { name: "Create workflow" }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await page.locator(".react-flow__node").first().waitFor();
});

step("what is not built yet is said calmly, with the way to build and run it", async () => {
  const builds = page.locator('[data-testid=node][data-type="build"]');
  await builds.getByText("Not built yet").first().waitFor();
  assert.equal(await builds.getByText("Not built yet").count(), await builds.count());
  assert.equal(await page.locator(".sc-line.is-wrong").count(), 0);
  assert.equal(await page.locator("[data-testid=node] .text-bad").count(), 0);
  await picture(page, "imports-git-unbuilt-dark");
  await page.getByTestId("problem-count").click();
  await page.getByTestId("problems").getByRole("button", { name: "Build and run", exact: true }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Build and run" }).waitFor();
  assert.equal(await dialog.getByRole("checkbox", { name: /^Build the/ }).isChecked(), true);
  await dialog.getByText("What a run would change is known once").waitFor();
  await page.emulateMedia({ colorScheme: "light" });
  await picture(page, "imports-git-unbuilt");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.keyboard.press("Escape");
});

step("a folder names which", async () => {
  await page.goto("/import");
  await page.getByLabel("Compose file or manifests", { exact: true }).fill(`${address}/shop.git`);
  await page.getByRole("button", { name: "Look through it" }).click();
  await page.getByLabel("Address of the repository").waitFor();
  for (const [width, height] of [[1280, 800], [1920, 1080]]) {
    await page.setViewportSize({ width, height });
    await picture(page, `imports-git-dark-${width}`);
  }
  await send(`${address}/shop.git`, "deploy");
  await page.getByText("services.api.image", { exact: true }).waitFor();
  assert.equal(await page.getByText("Which files make the project").count(), 0);
});

test("nothing went wrong in the browser", () => {
  assert.deepEqual(page.problems.filter((text) => !text.includes("status of 400")), []);
});
