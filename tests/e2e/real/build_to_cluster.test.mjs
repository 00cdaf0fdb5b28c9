// From a repository with a Compose file to a pod of a real Kubernetes: imported, built by a real engine, pushed to a registry that wants a password,
// pulled from there by the node with a secret that the run made, and seen green.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { serveRepository } from "../git_repository.mjs";
import { launchBrowser, newPage, picture, signIn, signInByForm, startProduct, storyOf } from "../product.mjs";

const [CLOSED, USER, SECRET] = process.env.SAILCLOTH_TEST_REGISTRY_AUTH.split(",");
// Under this name no node has a login of its own for it.
const REGISTRY = CLOSED.replace("127.0.0.1", "localhost");
const BASE = process.env.SAILCLOTH_TEST_BASE_IMAGE ?? "busybox:1";
const WORD = `e2e${randomBytes(5).toString("hex")}`;
const NAMESPACE = `sailcloth-${WORD}`;
const DOCKERFILE = `FROM ${BASE} AS made
RUN echo ${WORD} > /word
FROM ${BASE}
COPY --from=made /word /word
CMD ["sh", "-c", "cat /word; exec sleep 3600"]
`;

const COMPOSE = `services:
  web:
    build: .
    image: ${WORD}/site
    pull_policy: always
`;

let product;
let browser;
let page;
let api;
let repository;
let workflow;

const step = storyOf("build-to-cluster", () => page);

before(async () => {
  [product, repository] = await Promise.all([startProduct(), serveRepository({ Dockerfile: DOCKERFILE, "compose.yaml": COMPOSE })]);
  api = await signIn(product.url);
  await api("POST", "/admin/registries", {
    type: "generic",
    name: "Team registry",
    url: `http://${REGISTRY}`,
    username: USER,
    password: SECRET,
    is_default: true,
  });
  const kubeconfig = readFileSync(process.env.SAILCLOTH_TEST_KUBECONFIG, "utf8");
  await api("POST", "/clusters", { name: "real", auth_type: "kubeconfig", kubeconfig });
  await api("PUT", "/clusters/real/default");
  browser = await launchBrowser();
  page = await newPage(browser, product.url, { colorScheme: "light" });
  page.setDefaultTimeout(60_000);
  await signInByForm(page);
});

after(async () => {
  await browser?.close();
  await product?.stop();
  await repository?.stop();
});

step("the repository is imported: what its Compose file builds is a build", async () => {
  await page.goto("/import?by=git");
  await page.getByLabel("Address of the repository").fill(repository.url);
  await page.getByRole("button", { name: "Fetch and look through it" }).click();
  await page.getByRole("button", { name: "Create workflow" }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  workflow = { id: new URL(page.url()).pathname.split("/").at(-1) };
  await page.locator('[data-testid=node][data-name="web"]').first().waitFor();
  await picture(page, "build-to-cluster-imported");
});

step("a run builds first, and the node turns green with what was built", async () => {
  await page.getByTestId("run-button").click();
  await page.getByRole("dialog").getByLabel("Namespace").fill(NAMESPACE);
  // What was never built is built first without being asked.
  await page.getByRole("checkbox", { name: "Build the image first", checked: true }).waitFor();
  await page.getByTestId("start-run").click();
  await page.locator("[data-testid=run-bar][data-status=succeeded]").waitFor();
  await page.locator('[data-testid=node][data-name="web"][data-state="healthy"]').waitFor();
  await picture(page, "build-to-cluster");
});

step("it is that image, by its digest, and it says its word", async () => {
  const { resources } = await api("GET", `/resources?namespace=${NAMESPACE}&kind=Deployment`);
  await page.goto(`/resources/${resources[0].id}`);
  await page.getByText(new RegExp(`${REGISTRY}/${WORD}/site@sha256:[0-9a-f]{64}`)).first().waitFor();
  await page.getByRole("tab", { name: "Logs" }).click();
  await page.getByText(WORD, { exact: true }).first().waitFor();
  await picture(page, "build-to-cluster-log");
});

step("nothing is left in the cluster", async () => {
  const { targets } = await api("GET", `/workflows/${workflow.id}/targets`);
  await api("POST", `/targets/${targets[0].id}/undeploy`);
  await page.goto(`/workflows/${workflow.id}`);
  const idle = page.locator('[data-testid=node][data-name="web"][data-state="idle"]');
  await idle.filter({ hasText: "Deployment" }).waitFor();
});

test("nothing went wrong in the browser", () => {
  // A plan of what is not built yet is refused.
  assert.deepEqual(
    page.problems.filter((each) => !each.includes("status of 400")),
    [],
  );
});
