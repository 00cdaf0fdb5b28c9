// A repository behind git's own HTTP server, for as long as a test wants it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./product.mjs";

const SERVER = `
import json, pathlib, sys
from tests.integration.builds.git_server import serving
with serving(pathlib.Path(sys.argv[1])) as repositories:
    repositories.make("app", json.loads(sys.argv[2]))
    print(repositories.url + "/app.git", flush=True)
    sys.stdin.read()
`;

/** `files` are texts by path; `stop()` ends the server and removes the repository. */
export async function serveRepository(files) {
  const folder = mkdtempSync(join(tmpdir(), "sailcloth-git-"));
  const python = join(ROOT, ".venv/bin/python");
  const child = spawn(python, ["-c", SERVER, folder, JSON.stringify(files)], { cwd: ROOT });
  const ended = new Promise((done) => child.on("exit", done));
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const url = await new Promise((ready, failed) => {
    child.stdout.once("data", (chunk) => ready(String(chunk).trim()));
    child.on("exit", () => failed(new Error(errors)));
  });
  return {
    url,
    async stop() {
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
