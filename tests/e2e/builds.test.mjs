// From a Dockerfile to an image in a registry, seen in the browser: asked for, followed line by line, stopped, made again.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { serveRepository } from "./git_repository.mjs";
import { eventually, launchBrowser, newPage, picture, signIn, signInByForm, startProduct, storyOf } from "./product.mjs";

const REGISTRY = process.env.SAILCLOTH_TEST_REGISTRY ?? "127.0.0.1:5000";
const BASE = process.env.SAILCLOTH_TEST_BASE_IMAGE ?? "busybox:1";
const WORD = `e2e${randomBytes(5).toString("hex")}`;
// The word makes it new to the cache of the engine.
const TALK = `: ${WORD}; i=0; while [ $i -lt 40 ]; do printf "\\033[32mcompiled\\033[0m part %s\\n" $i; i=$((i+1)); done`;
const DOCKERFILE = `FROM ${BASE} AS made
ARG VERSION=0
RUN ${TALK}
RUN echo "version $VERSION" > /version
FROM ${BASE}
COPY --from=made /version /version
`;
const SLOW = `FROM ${BASE}\nRUN echo it begins for ${WORD}; sleep 300\n`;

let product;
let browser;
let page;
let api;
let repository;

const step = storyOf("builds", () => page);

const node = (id, type, x, data) => ({ id, type, position: { x, y: 0 }, data });

async function shown(status) {
  await page.locator(`[data-testid=build-status][data-status=${status}]`).first().waitFor();
}

before(async () => {
  const dockerfile = `FROM ${BASE}\nRUN echo ${WORD} > /word\nCMD ["sleep", "3600"]\n`;
  [product, repository] = await Promise.all([startProduct(), serveRepository({ Dockerfile: dockerfile })]);
  api = await signIn(product.url);
  await api("POST", "/admin/registries", { type: "generic", name: "open", url: `http://${REGISTRY}`, is_default: true });
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { colorScheme: "light", viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(20_000);
  await signInByForm(page);
});

after(async () => {
  await browser?.close();
  await product?.stop();
  await repository?.stop();
});

step("the list says what builds are before there is one", async () => {
  await page.getByRole("link", { name: "Builds" }).click();
  await page.getByRole("heading", { name: "Build your first image" }).waitFor();
  await picture(page, "builds-empty");
});

step("a Dockerfile is typed, and its build followed to its end, with its steps and its lines", async () => {
  await page.getByRole("link", { name: "New build" }).click();
  await page.getByLabel("Address").fill("https://git.example.com/team/app");
  await picture(page, "builds-new-git");
  await page.getByRole("radio", { name: "Dockerfile" }).click();
  await page.getByRole("textbox", { name: "Dockerfile" }).fill(DOCKERFILE);
  await page.getByLabel("Image", { exact: true }).fill(`${WORD}/app`);
  await page.getByRole("textbox", { name: "Tag" }).fill("1.4");
  await page.getByText("Options").click();
  await page.getByRole("button", { name: "Add an argument" }).click();
  await page.getByLabel("Build arguments: Name").fill("VERSION");
  await page.getByLabel("Build arguments: Value").fill("1.4");
  await page.getByRole("button", { name: "Add a secret" }).click();
  await page.getByLabel("Secrets: Name").fill("npm");
  await page.getByLabel("Secrets: Value").fill("a-canary-secret");
  await page.setViewportSize({ width: 1280, height: 1250 });
  await picture(page, "builds-new-dockerfile");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("button", { name: "Build", exact: true }).click();
  await page.waitForURL(/\/builds\/[0-9a-f-]{36}/);
  await shown("succeeded");
  await page.getByTestId("log-line").getByText("part 39").waitFor();
  await picture(page, "builds-done-light-1280");
  await page.getByLabel("Search the lines").fill("part 7");
  await page.getByText("1 match").waitFor();
  await page.getByLabel("Search the lines").fill("");
  await page.getByTestId("build-steps").getByRole("button", { name: /RUN : e2e/ }).click();
  await eventually(async () => (await page.getByTestId("log-lines").getAttribute("data-count")) === "40");
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the whole log" }).click(),
  ]);
  assert.match(saved.suggestedFilename(), /^build-.*\.log$/);
  await page.getByRole("tab", { name: "Dockerfile" }).click();
  await page.getByText(`FROM ${BASE} AS made`).waitFor();
  await picture(page, "builds-dockerfile");
});

step("a folder is packed and built, in the dark", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto("/builds/new");
  await page.getByRole("radio", { name: "Upload" }).click();
  const folder = join(mkdtempSync(join(tmpdir(), "sailcloth-e2e-")), "shop");
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "Dockerfile"), `FROM ${BASE}\nCOPY src /src\nRUN cat /src/greeting\n`);
  writeFileSync(join(folder, "src/greeting"), `hello from the folder of ${WORD}\n`);
  await page.getByTestId("choose-folder").setInputFiles(folder);
  await page.getByText("shop.zip").waitFor();
  await page.getByLabel("Image", { exact: true }).fill(`${WORD}/shop`);
  await picture(page, "builds-new-upload-dark");
  await page.getByRole("button", { name: "Build", exact: true }).click();
  await shown("succeeded");
  await page.getByTestId("log-line").getByText(`hello from the folder of ${WORD}`).waitFor();
  rmSync(dirname(folder), { recursive: true });
});

step("one that takes too long is stopped, and leaves nothing running", async () => {
  const { id } = await api("POST", "/builds/start", { dockerfile: SLOW, image: `${WORD}/slow` });
  await page.goto(`/builds/${id}`);
  await page.getByTestId("log-line").getByText(/^it begins/).waitFor();
  await page.setViewportSize({ width: 1920, height: 1080 });
  await picture(page, "builds-running-dark-1920");
  await page.getByRole("button", { name: "Cancel" }).click();
  await shown("cancelled");
  await page.getByRole("button", { name: "Build again" }).waitFor();
});

step("the list finds them, and so does the palette", async () => {
  await page.getByRole("link", { name: "Builds" }).first().click();
  await page.getByRole("row", { name: /app:1.4/ }).waitFor();
  await picture(page, "builds-list-dark-1920");
  await page.setViewportSize({ width: 1024, height: 768 });
  await picture(page, "builds-list-dark-1024");
  await page.getByRole("radio", { name: "Cancelled" }).click();
  await eventually(async () => (await page.getByTestId("build-row").count()) === 1);
  assert.match(page.url(), /status=cancelled/);
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").waitFor();
  await page.keyboard.type(`${WORD}/app`);
  await page.getByRole("option", { name: /app:1\.4/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/builds\/[0-9a-f-]{36}/);
  await shown("succeeded");
  await picture(page, "builds-done-dark-1024");
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByText("npm", { exact: true }).waitFor();
  assert.ok(!(await page.content()).includes("a-canary-secret"));
});

step("a node is built from its repository, and takes its image while one goes on drawing", async () => {
  const workflow = await api("POST", "/workflows", {
    name: "Shop",
    nodes: [
      node("b", "build", 0, { name: "site", image: `${WORD}/site`, source: { git_url: repository.url } }),
      node("w", "deployment", 320, { name: "web" }),
    ],
    edges: [{ id: "e", source: "b", target: "w" }],
  });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto(`/workflows/${workflow.id}?node=b`);
  await page.getByText("Nothing was built yet.").waitFor();
  await page.getByTestId("build-now").click();
  await page.getByTestId("node-builds").getByTestId("build-status").waitFor();
  // Two people at one picture: the server sets the image, and this edit is not saved yet.
  await page.getByTestId("node-form").getByLabel("Tag").fill("2.0");
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.getByText("site has its new image.").waitFor();
  await eventually(async () => {
    const [built] = (await api("GET", `/workflows/${workflow.id}`)).nodes;
    return built.data.tag === "2.0" && built.data.built.includes(`${WORD}/site@sha256:`);
  });
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.getByText("1 problem").waitFor({ state: "hidden" });
  await picture(page, "builds-editor");
});

step("a run builds first, and runs what was built", async () => {
  await page.getByTestId("run-button").click();
  await page.getByLabel("Build the image first").click();
  await picture(page, "builds-run-dialog");
  await page.getByTestId("start-run").click();
  await page.getByTestId("awaited-run").waitFor();
  await picture(page, "builds-awaited");
  await page.locator("[data-testid=run-bar][data-status=succeeded]").waitFor();
  await page.locator(".react-flow__node").filter({ hasText: "web" }).click();
  await page.getByRole("heading", { name: "Image from site" }).waitFor();
  await picture(page, "builds-editor-ran");
});

step("an image is used in a workflow, by its digest", async () => {
  const { builds } = await api("GET", `/builds?search=${WORD}/app`);
  await page.goto(`/builds/${builds[0].id}`);
  await page.getByRole("button", { name: "Use in workflow…" }).click();
  await page.getByRole("dialog").getByLabel("Workflow").click();
  await page.getByRole("option", { name: "Shop" }).click();
  await page.getByRole("dialog").getByLabel("Node").waitFor();
  await picture(page, "builds-use");
  await page.getByRole("button", { name: "Use it" }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}\?node=deployment/);
  await page.locator(".react-flow__node").filter({ hasText: "app@sha256" }).waitFor();
  await picture(page, "builds-used");
});

test("nothing went wrong in the browser", async () => {
  assert.deepEqual(page.problems, []);
});
