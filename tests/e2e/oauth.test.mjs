// Signing in by a real OpenID Connect provider in a real browser: there and back, what is not believed on the way, and
// linking an account to one's own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CLIENT_ID, startProvider } from "./openid_provider.mjs";
import { ADMIN, eventually, freePort, launchBrowser, newPage, PASSWORD, picture, signIn, startProduct } from "./product.mjs";

const LOCAL = new Set(["localhost", "127.0.0.1"]);
let provider;
let product;
let browser;
let page;
let hasFailed = false;

function step(name, tell) {
  test(name, async () => {
    assert.ok(!hasFailed, "an earlier step failed");
    try {
      await tell();
    } catch (error) {
      hasFailed = true;
      const open = browser.contexts().flatMap((context) => context.pages());
      const seen = await Promise.all(open.map(async (on) => `${on.url()}\n${await on.locator("body").ariaSnapshot()}`));
      throw new Error(`${error.stack}\n${seen.join("\n")}`);
    }
  });
}

/** A browser of somebody else: no cookie, no session. */
async function openBrowser(options = {}) {
  const fresh = await newPage(browser, product.url, options);
  fresh.setDefaultTimeout(20_000);
  // The provider's pages ask for a font from the internet.
  await fresh.route((url) => !LOCAL.has(url.hostname), (route) => route.abort());
  fresh.faults = [];
  fresh.on("console", (message) => {
    const isOurs = message.location().url.startsWith(product.url);
    // Refusals are part of this test, and the browser reports each.
    if (message.type() === "error" && isOurs && !/status of 40[01]/.test(message.text())) {
      fresh.faults.push(message.text());
    }
  });
  return fresh;
}

/** At the provider's own pages: who one is, and that one agrees. */
async function signInThere(on, login) {
  await on.waitForURL(`${provider.issuer}/interaction/*`);
  await on.getByPlaceholder("Enter any login").fill(login);
  await on.getByPlaceholder("and password").fill("anything");
  await on.getByRole("button", { name: "Sign-in" }).click();
  await on.getByRole("button", { name: "Continue" }).click();
}

/** The address that would bring somebody home, not yet followed: their own requests, their cookies. */
async function callbackOf(requests, login) {
  let address = `${product.url}/v1/api/auth/oauth/sso/authorize`;
  let form;
  for (;;) {
    const answer = await requests.fetch(address, { maxRedirects: 0, ...(form ? { method: "POST", form } : {}) });
    const { location } = answer.headers();
    form = undefined;
    if (location) address = new URL(location, address).href;
    else {
      const html = await answer.text();
      address = new URL(/action="([^"]+)"/.exec(html)[1], address).href;
      form = { prompt: /name="prompt" value="(\w+)"/.exec(html)[1], login, password: "anything" };
    }
    if (address.includes("/sso/callback?")) return address;
  }
}

const sso = (on) => on.getByRole("link", { name: "Continue with Our company" });

before(async () => {
  const port = await freePort();
  provider = await startProvider({ redirectUris: [`http://localhost:${port}/v1/api/auth/oauth/sso/callback`] });
  const entry = { name: "sso", display_name: "Our company", icon: "building", issuer: provider.issuer };
  const keys = { client_id: CLIENT_ID, client_secret: provider.secret };
  [product, browser] = await Promise.all([
    startProduct({ port, settings: { SAILCLOTH_OAUTH_OIDC: JSON.stringify([{ ...entry, ...keys }]) } }),
    launchBrowser(),
  ]);
  page = await openBrowser({ colorScheme: "light" });
});

after(async () => {
  await browser?.close();
  await product?.stop();
  provider?.stop();
});

let code;

step("a newcomer goes to the provider and lands where they wanted to be", async () => {
  page.on("request", (request) => {
    if (request.url().includes("/oauth/exchange")) code = request.postDataJSON().code;
  });
  await page.goto("/clusters");
  await sso(page).waitFor();
  await picture(page, "oauth-sign-in");
  await sso(page).click();
  await signInThere(page, "ines");
  await page.waitForURL(`${product.url}/clusters`);
  await page.getByRole("heading", { name: "Clusters" }).waitFor();
  const asked = new URL(provider.requests.find((path) => path.startsWith("/auth?")), provider.issuer).searchParams;
  assert.equal(asked.get("code_challenge_method"), "S256");
  assert.ok(asked.get("state") && asked.get("nonce") && asked.get("code_challenge"));
  // They stay signed in over a reload: the cookie of a sign-in by password and of this one are the same.
  await page.reload();
  await page.getByRole("heading", { name: "Clusters" }).waitFor();
  assert.deepEqual(page.faults, []);
});

step("nothing of the sign-in stays in the address, the history or what scripts can read", async () => {
  const cookies = await page.context().cookies();
  assert.ok(cookies.filter((cookie) => cookie.name.startsWith("sailcloth")).every((cookie) => cookie.httpOnly));
  const seen = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, location.href]));
  assert.ok(!seen.includes(code));
  await page.goBack();
  assert.ok(!page.url().includes(code));
});

step("a replayed code is refused, in this browser and in another", async () => {
  const other = await openBrowser();
  for (const on of [page, other]) {
    await on.goto("/sign-in");
    const answer = await on.evaluate(async (used) => {
      const response = await fetch("/v1/api/auth/oauth/exchange", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Sailcloth-Browser": "1" },
        body: JSON.stringify({ code: used }),
      });
      return [response.status, (await response.json()).code];
    }, code);
    assert.deepEqual(answer, [400, "invalid_code"]);
  }
  await other.goto(`/oauth/callback#code=${code}`);
  await other.getByRole("alert").filter({ hasText: "has been used already" }).waitFor();
  await other.getByRole("link", { name: "Back to sign in" }).click();
  await sso(other).waitFor();
  await other.context().close();
});

step("a forged state, and somebody else's, lead to the sign-in page with a sentence", async () => {
  const thief = await openBrowser();
  const callback = await callbackOf(thief.context().request, "mallory");
  const victim = await openBrowser({ colorScheme: "dark" });
  const forged = new URL(callback);
  forged.searchParams.set("state", "A".repeat(32));
  for (const address of [callback, forged.href]) {
    await victim.goto(address);
    await victim.waitForURL(/\/sign-in\?error=sign_in_expired/);
    await victim.getByRole("alert").filter({ hasText: "begun in another browser" }).waitFor();
  }
  await picture(victim, "oauth-forged-dark");
  await Promise.all([victim.context().close(), thief.context().close()]);
});

step("an address that the provider has not verified makes no account", async () => {
  const other = await openBrowser();
  await other.goto("/register");
  await sso(other).click();
  await signInThere(other, "unverified-jo");
  await other.getByRole("alert").filter({ hasText: "not verified at Our company" }).waitFor();
  assert.equal(new URL(other.url()).searchParams.get("error"), "email_not_verified");
  await other.context().close();
});

step("a foreign redirect is refused, and no page of ours offers one", async () => {
  const other = await openBrowser();
  const asked = provider.requests.length;
  const answer = await other.goto("/v1/api/auth/oauth/sso/authorize?next=https://evil.example/");
  assert.equal(answer.status(), 400);
  assert.equal((await answer.json()).code, "foreign_redirect");
  assert.equal(provider.requests.length, asked);
  await other.goto("/sign-in?next=https://evil.example/");
  await sso(other).click();
  await signInThere(other, "ines");
  await other.waitForURL(`${product.url}/`);
  await other.context().close();
});

step("whoever changes their mind at the provider is told that nothing happened", async () => {
  const other = await openBrowser();
  await other.goto("/sign-in");
  await sso(other).click();
  await other.getByRole("link", { name: /Cancel/ }).click();
  await other.getByRole("status").filter({ hasText: "You did not sign in with Our company" }).waitFor();
  await other.context().close();
});

step("an account is linked with its password, signs in, and is let go", async () => {
  const other = await openBrowser({ colorScheme: "light" });
  await other.goto("/settings/linked-accounts");
  await other.getByLabel("E-mail").fill(ADMIN);
  await other.getByLabel("Password").first().fill(PASSWORD);
  await other.getByRole("button", { name: "Sign in" }).click();
  await other.getByRole("heading", { name: "No linked accounts" }).waitFor();
  await other.getByRole("button", { name: "Link Our company" }).click();
  const dialog = other.getByRole("dialog");
  await dialog.getByLabel("Current password").fill("wrong password");
  await dialog.getByRole("button", { name: /Continue/ }).click();
  await dialog.getByText("This is not your current password.").waitFor();
  await picture(other, "oauth-link");
  await dialog.getByLabel("Current password").fill(PASSWORD);
  await dialog.getByRole("button", { name: /Continue/ }).click();
  await signInThere(other, "boss");
  await other.getByText("boss@example.com").waitFor();
  assert.equal(other.url(), `${product.url}/settings/linked-accounts`);
  await picture(other, "oauth-linked");
  const elsewhere = await openBrowser({ colorScheme: "dark" });
  await elsewhere.goto("/settings/linked-accounts");
  await sso(elsewhere).click();
  await signInThere(elsewhere, "boss");
  await elsewhere.getByText("boss@example.com").waitFor();
  await picture(elsewhere, "oauth-linked-dark");
  await elsewhere.context().close();
  await other.getByRole("button", { name: "Unlink Our company, boss@example.com" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "Unlink" }).click();
  await other.getByRole("heading", { name: "No linked accounts" }).waitFor();
  assert.deepEqual(other.faults, []);
  await other.context().close();
});

step("an invited server asks a newcomer for the code before there is an account", async () => {
  const api = await signIn(product.url);
  const { invite_code } = await api("POST", "/settings/generate-invite-code");
  const other = await openBrowser();
  await other.goto("/sign-in");
  await sso(other).click();
  await signInThere(other, "kim");
  await other.getByRole("heading", { name: "One more thing" }).waitFor();
  await picture(other, "oauth-invite");
  await other.getByLabel("Invite code").fill("WRONG");
  await other.getByRole("button", { name: "Create an account" }).click();
  await other.getByText("This invite code is not valid.").waitFor();
  await other.getByLabel("Invite code").fill(invite_code);
  await other.getByRole("button", { name: "Create an account" }).click();
  await other.waitForURL(`${product.url}/`);
  await other.context().close();
});
