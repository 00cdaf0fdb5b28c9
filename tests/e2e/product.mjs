// The whole product on a port and folder of its own, and a browser in front of it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = resolve(HERE, "../..");
const require = createRequire(join(ROOT, "frontend/package.json"));
const { chromium } = require("playwright-core");

export const PASSWORD = "correct horse battery";
export const ADMIN = "admin@sailcloth.local";
const READY = /Sailcloth is ready at (\S+)/;
const PATIENCE = 60_000;
// Without these Chromium calls home at every start.
const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts `manage.py up` with more `settings` if need be; `stop()` ends it and removes what it wrote. */
export async function startProduct({
  folder = mkdtempSync(join(tmpdir(), "sailcloth-e2e-")),
  port,
  settings = {},
} = {}) {
  const environment = {
    ...process.env,
    DJANGO_SETTINGS_MODULE: "config.settings",
    SAILCLOTH_DATA_DIR: folder,
    SAILCLOTH_PORT: String(port ?? (await freePort())),
    SAILCLOTH_ADMIN_PASSWORD: PASSWORD,
    ...settings,
  };
  delete environment.DATABASE_URL;
  delete environment.REDIS_URL;
  const python = join(ROOT, ".venv/bin/python");
  const child = spawn(python, ["manage.py", "up"], { cwd: ROOT, env: environment });
  let output = "";
  const url = await new Promise((ready, failed) => {
    const timer = setTimeout(() => failed(new Error(`not ready in time:\n${output}`)), PATIENCE);
    const hear = (chunk) => {
      output += chunk;
      const found = READY.exec(output);
      if (found) {
        clearTimeout(timer);
        ready(found[1]);
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.on("exit", (code) => failed(new Error(`ended with ${code}:\n${output}`)));
  });
  const ended = new Promise((done) => child.on("exit", done));
  return {
    url,
    folder,
    output: () => output,
    async halt() {
      child.kill("SIGINT");
      return ended;
    },
    async stop() {
      child.kill("SIGINT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

export function launchBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: CHROMIUM_ARGS });
}

// A session that has run out is renewed; and containers that come and go are changes of the network to Chromium, which
// then drops its connections: what was asked for is asked for again.
const PASSING = ["status of 401", "net::ERR_NETWORK_CHANGED"];

/** A page whose console errors fail the test that asks for `page.problems`. */
export async function newPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, baseURL: url, ...options });
  const page = await context.newPage();
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !PASSING.some((each) => message.text().includes(each)))
      page.problems.push(message.text());
  });
  return page;
}

/** A REST client signed in as the administrator. */
export async function signIn(url, { email = ADMIN, password = PASSWORD } = {}) {
  const answer = await fetch(`${url}/v1/api/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  const { token } = await answer.json();
  return async (method, path, body) => {
    const response = await fetch(`${url}/v1/api${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };
}

/** Polls `condition` until it gives something true. */
export async function eventually(condition, { seconds = 60, every = 250 } = {}) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`it did not come true within ${seconds} s: ${condition}`);
    await new Promise((done) => setTimeout(done, every));
  }
}

/** Pictures for people, kept when the environment says where. */
export async function picture(page, name) {
  const folder = process.env.SAILCLOTH_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Signs in by the form, as a person does. */
export async function signInByForm(page, { email = ADMIN, password = PASSWORD } = {}) {
  await page.goto("/sign-in");
  await page.getByLabel(/e-?mail/i).fill(email);
  await page.getByLabel(/password/i).first().fill(password);
  await page.getByRole("button", { name: /sign in/i }).click();
  await page.waitForURL((url) => url.pathname === "/");
}

/** Steps of one story: each goes on where the one before ended, so after one that failed the rest cannot be told. */
export function storyOf(name, pageOf) {
  let hasFailed = false;
  return (title, tell) =>
    test(title, async () => {
      assert.ok(!hasFailed, "an earlier step failed");
      try {
        await tell();
      } catch (error) {
        hasFailed = true;
        await picture(pageOf(), `${name}-failed`);
        throw new Error(`${error}\n${await pageOf().locator("body").ariaSnapshot()}`);
      }
    });
}
