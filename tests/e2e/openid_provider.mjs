// A real OpenID Connect provider on a port of its own, for the tests of signing in by one. Any login is somebody:
// `ines` has the verified address ines@example.com; whoever begins with `unverified` has an address nobody verified.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const require = createRequire(join(ROOT, "frontend/package.json"));

export const CLIENT_ID = "sailcloth";

function accountOf(login) {
  return {
    accountId: login,
    claims: () => ({
      sub: login,
      name: `${login[0].toUpperCase()}${login.slice(1)} of the provider`,
      email: `${login}@example.com`,
      email_verified: !login.startsWith("unverified"),
    }),
  };
}

/** `redirectUris` are where it may send people back to. `requests` grows with every path that was asked for. */
export async function startProvider({ redirectUris, secret = randomBytes(24).toString("hex") }) {
  const { default: Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT_ID, client_secret: secret, redirect_uris: redirectUris }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: [randomBytes(24).toString("hex")] },
    findAccount: (_, id) => accountOf(id),
    pkce: { required: () => true },
  });
  const requests = [];
  const answer = provider.callback();
  server.on("request", (request, response) => {
    requests.push(request.url);
    answer(request, response);
  });
  return { issuer, secret, requests, stop: () => server.close() };
}

// On its own: `node openid_provider.mjs REDIRECT_URI…` says where it is, and ends with its standard input.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const provider = await startProvider({ redirectUris: process.argv.slice(2) });
  console.log(JSON.stringify({ issuer: provider.issuer, client_id: CLIENT_ID, client_secret: provider.secret }));
  process.stdin.on("end", () => process.exit(0)).resume();
}
