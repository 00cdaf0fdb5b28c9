import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import type { Schemas } from "@/api";
import type { Build, BuildInput } from "@/data/builds";
import { t } from "@/texts";
import { openApp } from "../app";
import { API, failure, list, server, signedIn, workflow } from "../server";

const DIGEST = `sha256:${"a1".repeat(32)}`;

function build(more: Partial<Build> = {}): Build {
  return {
    id: "b1",
    status: "succeeded",
    is_cancelling: false,
    progress: 1,
    source: { kind: "git", git_url: "https://github.com/team/app.git", ref: "main", subdirectory: "" },
    image: "registry.example.com/team/app",
    tag: "1.4",
    digest: DIGEST,
    size: 2_097_152,
    revision: "0123456789abcdef",
    registry_id: "g1",
    workflow_id: null,
    node_id: null,
    engine: "docker",
    started_by: "Ines Okafor",
    retry_of: null,
    error: "",
    error_code: "",
    seconds: 12.4,
    created_at: "2026-11-20T10:00:00Z",
    started_at: "2026-11-20T10:00:00Z",
    finished_at: "2026-11-20T10:00:12Z",
    updated_at: "2026-11-20T10:00:12Z",
    steps: [
      { name: "Fetch the source", status: "done", seconds: 1.2, started_at: "2026-11-20T10:00:00Z" },
      { name: "[1/2] FROM busybox", status: "cached", seconds: 0, started_at: "2026-11-20T10:00:01Z" },
    ],
    dockerfile: "",
    dockerfile_text: "FROM busybox\nRUN make\n",
    is_dockerfile_detected: false,
    target: "",
    platforms: [],
    attestations: [],
    build_args: { VERSION: "1.4" },
    secret_names: ["npm_token"],
    log_lines: 2,
    ...more,
  };
}

function frame(id: number, type: string, data: object): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

function line(id: number, stage: string, text: string): string {
  return frame(id, "line", { stage, text, time: "2026-11-20T10:00:01Z" });
}

/** The stream of one build, left open unless it says `done`. */
function streams(...frames: string[]): void {
  const body = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(frames.join("")));
      },
    });
  server.use(
    http.get(
      `${API}/builds/:id/stream`,
      () => new HttpResponse(body(), { headers: { "Content-Type": "text/event-stream" } }),
    ),
  );
}

function serve(one: Build): void {
  server.use(http.get(`${API}/builds/:id/`, () => HttpResponse.json(one)));
}

beforeEach(() => signedIn());

describe("the list of builds", () => {
  it("shows what was built from where, and asks for what the address says", async () => {
    const asked: string[] = [];
    server.use(
      http.get(`${API}/builds/`, ({ request }) => {
        asked.push(new URL(request.url).search);
        return list("builds", [build(), build({ id: "b2", status: "failed", error: "No such image." })]);
      }),
    );
    const app = openApp("/builds?status=running&q=app");
    const rows = await screen.findAllByTestId("build-row");
    expect(rows).toHaveLength(2);
    expect(within(rows[0] as HTMLElement).getByRole("link", { name: "team/app:1.4" })).toHaveAttribute(
      "href",
      "/builds/b1",
    );
    expect(screen.getAllByText("github.com/team/app · main")).toHaveLength(2);
    expect(screen.getByText("No such image.")).toBeInTheDocument();
    expect(asked[0]).toContain("status=queued%2Cfetching%2Cbuilding%2Cpushing");
    expect(asked[0]).toContain("search=app");
    await app.user.click(screen.getByRole("radio", { name: t.builds.filters.failed }));
    await waitFor(() => expect(asked.at(-1)).toContain("status=failed"));
    expect(app.router.state.location.search).toEqual({ q: "app", status: "failed" });
  });

  it("says what builds are where there is none, and what to do where none matches", async () => {
    server.use(http.get(`${API}/builds/`, () => list("builds", [])));
    const app = openApp("/builds?status=failed");
    await app.user.click(await screen.findByRole("button", { name: t.builds.clearFilters }));
    expect(await screen.findByText(t.builds.emptyTitle)).toBeVisible();
  });

  it("builds again from its menu, and goes there", async () => {
    server.use(
      http.get(`${API}/builds/`, () => list("builds", [build()])),
      http.post(`${API}/builds/b1/retry/`, () =>
        HttpResponse.json(build({ id: "b9", status: "queued", retry_of: "b1" }), { status: 201 }),
      ),
    );
    serve(build({ id: "b9", status: "queued", retry_of: "b1" }));
    streams();
    const app = openApp("/builds");
    await app.user.click(await screen.findByRole("button", { name: t.builds.actionsFor("team/app:1.4") }));
    await app.user.click(await screen.findByRole("menuitem", { name: t.builds.retry }));
    await waitFor(() => expect(app.router.state.location.pathname).toBe("/builds/b9"));
  });
});

describe("the page of a build", () => {
  it("follows steps and lines; what the snapshot had already is not told twice", async () => {
    const running = build({
      status: "building",
      digest: "",
      progress: 0.4,
      finished_at: null,
      seconds: null,
      steps: [{ name: "Fetch the source", status: "done", seconds: 1.2, started_at: "2026-11-20T10:00:00Z" }],
    });
    serve(running);
    streams(
      frame(0, "snapshot", { build: running, cursor: 2 }),
      frame(1, "step", { name: "Fetch the source", status: "running", seconds: null }),
      frame(2, "step", { name: "Fetch the source", status: "done", seconds: 1.2 }),
      line(3, "Fetch the source", "fetched"),
      frame(4, "step", { name: "[2/2] RUN make", status: "running", seconds: null }),
      line(5, "[2/2] RUN make", "\u001b[32mcompiled\u001b[0m"),
      frame(6, "status", { status: "pushing", progress: 0.9 }),
    );
    openApp("/builds/b1");
    const steps = within(await screen.findByTestId("build-steps"));
    await waitFor(() => expect(steps.getAllByRole("button")).toHaveLength(2));
    expect(steps.getByRole("button", { name: /Fetch the source, done/ })).toHaveTextContent("1.2 s");
    expect(steps.getByRole("button", { name: /RUN make, under way/ })).toBeVisible();
    await waitFor(() => expect(screen.getByTestId("build-status")).toHaveAttribute("data-status", "pushing"));
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "90");
    expect(await screen.findByTestId("log-lines")).toHaveAttribute("data-count", "2");
  });

  it("shows the lines of one step alone", async () => {
    serve(build());
    streams(
      frame(0, "snapshot", { build: build(), cursor: 4 }),
      line(1, "Fetch the source", "fetched"),
      line(2, "[1/2] FROM busybox", "pulled"),
      frame(3, "done", { status: "succeeded", image: "x", digest: DIGEST }),
    );
    const app = openApp("/builds/b1");
    expect(await screen.findByTestId("log-lines")).toHaveAttribute("data-count", "2");
    await app.user.click(screen.getByRole("button", { name: /FROM busybox/ }));
    await waitFor(() => expect(screen.getByTestId("log-lines")).toHaveAttribute("data-count", "1"));
    expect(app.router.state.location.search).toEqual({ step: 1 });
  });

  it("says why it failed, and keeps secrets to their names", async () => {
    serve(build({ status: "failed", error: "make ended with 2.", digest: "" }));
    streams();
    const app = openApp("/builds/b1?tab=settings");
    expect(await screen.findByRole("alert")).toHaveTextContent("make ended with 2.");
    expect(screen.getByText("npm_token")).toBeVisible();
    expect(screen.getByText("VERSION")).toBeVisible();
    await app.user.click(screen.getByRole("tab", { name: t.builds.tabs.dockerfile }));
    expect(await screen.findByText("RUN make")).toBeVisible();
  });

  it("gives its image to a workload, by digest", async () => {
    serve(build());
    streams();
    let saved: { body: unknown; etag: string | null } | undefined;
    const graph = {
      nodes: [
        { id: "n1", type: "deployment", position: { x: 0, y: 0 }, data: { name: "web", image: "nginx:1" } },
      ],
      edges: [],
    };
    server.use(
      http.get(`${API}/workflows/`, () =>
        list("workflows", [workflow(), workflow({ id: "w2", role: "viewer" })]),
      ),
      http.get(`${API}/workflows/w1`, () =>
        HttpResponse.json({ ...workflow(), ...graph }, { headers: { ETag: '"7"' } }),
      ),
      http.post(`${API}/workflows/w1/save`, async ({ request }) => {
        saved = { body: await request.json(), etag: request.headers.get("If-Match") };
        return failure(412, "It was changed meanwhile.", "precondition_failed");
      }),
    );
    const app = openApp("/builds/b1");
    const words = t.builds.use;
    await app.user.click(await screen.findByRole("button", { name: words.action }));
    const dialog = within(await screen.findByRole("dialog"));
    await app.user.click(await dialog.findByLabelText(words.workflow));
    expect(screen.getAllByRole("option")).toHaveLength(1);
    await app.user.click(screen.getByRole("option", { name: "Shop" }));
    expect(await dialog.findByLabelText(words.node)).toHaveTextContent("web");
    await app.user.click(dialog.getByRole("button", { name: words.confirm }));
    // Said, and asked again with another press.
    expect(await dialog.findByText("It was changed meanwhile.")).toBeVisible();
    expect(saved?.etag).toBe('"7"');
    expect(saved?.body).toMatchObject({
      nodes: [{ id: "n1", data: { name: "web", image: `registry.example.com/team/app@${DIGEST}` } }],
    });
  });

  it("is stopped at once, and one of somebody else is not there", async () => {
    const running = build({ status: "building", digest: "", finished_at: null });
    serve(running);
    streams();
    server.use(
      http.post(`${API}/builds/b1/cancel/`, () => HttpResponse.json({ ...running, is_cancelling: true })),
    );
    const app = openApp("/builds/b1");
    await app.user.click(await screen.findByRole("button", { name: t.builds.cancel }));
    expect(await screen.findByText(t.builds.stopping)).toBeVisible();
    app.unmount();
    server.use(
      http.get(`${API}/builds/:id/`, () => failure(404, "There is no such build.", "build_not_found")),
    );
    openApp("/builds/b2");
    expect(await screen.findByText("There is no such build.")).toBeVisible();
  });
});

describe("a new build", () => {
  const registries = [
    { id: "g1", name: "Ours", host: "registry.example.com", path: "team", is_default: true },
  ] as unknown as Schemas["RegistryOut"][];
  let sent: BuildInput[];

  beforeEach(() => {
    sent = [];
    // First: what comes later is asked first, and the engine's address could be a build's.
    serve(build({ id: "b7", status: "queued" }));
    streams();
    server.use(
      http.get(`${API}/registries/`, () => list("registries", registries)),
      http.get(`${API}/builds/engine/`, () =>
        HttpResponse.json({
          is_configured: true,
          name: "docker",
          names: ["docker"],
          version: "26",
          has_buildkit: false,
          has_attestations: false,
          problem: "",
        }),
      ),
      http.post(`${API}/builds/start/`, async ({ request }) => {
        sent.push((await request.json()) as BuildInput);
        return HttpResponse.json(build({ id: "b7", status: "queued" }), { status: 201 });
      }),
    );
  });

  it("is made by another engine where there are two", async () => {
    server.use(
      http.get(`${API}/builds/engine/`, ({ request }) =>
        HttpResponse.json({
          is_configured: true,
          name: new URL(request.url).searchParams.get("name") ?? "docker",
          names: ["docker", "cluster"],
          version: "",
          has_buildkit: true,
          has_attestations: false,
          problem: "",
        }),
      ),
    );
    const app = openApp("/builds/new");
    const words = t.builds.form;
    await app.user.type(await screen.findByLabelText(words.address), "https://git.example.com/team/app");
    await app.user.tab();
    await app.user.click(screen.getByText(words.options));
    await app.user.click(await screen.findByRole("radio", { name: words.engines.cluster as string }));
    expect(await screen.findByText(words.builtBy(words.engines.cluster as string, ""))).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: words.start }));
    await waitFor(() => expect(sent[0]?.engine).toBe("cluster"));
  });

  it("is of a private repository, with arguments and secrets", async () => {
    const app = openApp("/builds/new");
    const words = t.builds.form;
    await app.user.type(await screen.findByLabelText(words.address), "https://git.example.com/Team/Shop.git");
    await app.user.tab();
    expect(screen.getByLabelText(words.image)).toHaveValue("team/shop");
    expect(screen.getByTestId("image-becomes")).toHaveTextContent(
      "registry.example.com/team/team/shop:latest",
    );
    await app.user.click(screen.getByLabelText(words.isPrivate));
    await app.user.type(screen.getByLabelText(words.token), "canary");
    await app.user.click(screen.getByText(words.options));
    await app.user.click(screen.getByRole("button", { name: words.addArgument }));
    await app.user.type(screen.getByLabelText(`${words.arguments}: ${words.name}`), "VERSION");
    await app.user.type(screen.getByLabelText(`${words.arguments}: ${words.value}`), "1.4");
    await app.user.click(screen.getByRole("button", { name: words.addSecret }));
    await app.user.type(screen.getByLabelText(`${words.secrets}: ${words.name}`), "npm");
    expect(screen.getByLabelText(`${words.secrets}: ${words.value}`)).toHaveAttribute("type", "password");
    await app.user.type(screen.getByLabelText(`${words.secrets}: ${words.value}`), "hush");
    expect(screen.getByText(words.noSecrets)).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: words.start }));
    await waitFor(() => expect(app.router.state.location.pathname).toBe("/builds/b7"));
    expect(sent).toEqual([
      {
        source: { git_url: "https://git.example.com/Team/Shop.git", token: "canary" },
        image: "team/shop",
        registry_id: "g1",
        build_args: { VERSION: "1.4" },
        secrets: { npm: "hush" },
      },
    ]);
  });

  it("says on its field what is missing and what the server refuses", async () => {
    const app = openApp("/builds/new");
    const words = t.builds.form;
    await app.user.click(await screen.findByRole("button", { name: words.start }));
    expect(await screen.findAllByText(t.errors.required)).toHaveLength(2);
    server.use(
      http.post(`${API}/builds/start/`, () =>
        failure(400, "No.", "invalid_input", { fields: { "source.git_url": ["It begins with https://."] } }),
      ),
    );
    await app.user.type(screen.getByLabelText(words.address), "ssh://x/y");
    await app.user.type(screen.getByLabelText(words.image), "team/app");
    await app.user.click(screen.getByRole("button", { name: words.start }));
    expect(await screen.findByText("It begins with https://.")).toBeVisible();
    expect(app.router.state.location.pathname).toBe("/builds/new");
  });

  it("is of an archive that is on the server before anything else is said", async () => {
    let field = "";
    server.use(
      http.post(`${API}/builds/uploads/`, async ({ request }) => {
        field = /name="([^"]*)"; filename/.exec(await request.text())?.[1] ?? "";
        return HttpResponse.json(
          {
            upload: "u9",
            filename: "shop.tar.gz",
            size: 2048,
            sha256: "",
            expires_at: "2026-11-21T10:00:00Z",
          },
          { status: 201 },
        );
      }),
    );
    const app = openApp("/builds/new");
    const words = t.builds.form;
    await app.user.click(await screen.findByRole("radio", { name: words.kinds.upload }));
    await app.user.upload(screen.getByTestId("choose-archive"), new File(["x"], "shop.tar.gz"));
    expect(await screen.findByText("shop.tar.gz")).toBeVisible();
    expect(field).toBe("file");
    await app.user.type(screen.getByLabelText(words.image), "team/app");
    await app.user.click(screen.getByRole("button", { name: words.start }));
    await waitFor(() => expect(sent[0]?.source).toEqual({ upload: "u9" }));
  });

  it("begins as an earlier one was, with the Dockerfile that was written for it to change", async () => {
    const earlier = build({ id: "b3", is_dockerfile_detected: true });
    server.use(http.get(`${API}/builds/b3/`, () => HttpResponse.json(earlier)));
    const app = openApp("/builds/new?from=b3");
    const words = t.builds.form;
    expect(await screen.findByLabelText(words.address)).toHaveValue("https://github.com/team/app.git");
    const text = screen.getByRole("textbox", { name: words.dockerfile });
    expect(text).toHaveValue("FROM busybox\nRUN make\n");
    expect(screen.getByDisplayValue("npm_token")).toBeVisible();
    await app.user.type(text, "RUN test");
    await app.user.click(screen.getByRole("button", { name: words.start }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toMatchObject({
      dockerfile: "FROM busybox\nRUN make\nRUN test\n",
      image: "registry.example.com/team/app",
      build_args: { VERSION: "1.4" },
    });
  });
});
