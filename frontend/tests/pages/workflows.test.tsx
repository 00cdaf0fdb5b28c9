import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Schemas } from "@/api";
import { t } from "@/texts";
import { openApp } from "../app";
import { API, cluster, failure, list, server, signedIn, workflow } from "../server";

const lists = `${API}/workflows/`;

/** The list of a server that forgets what is deleted and filters by what is asked. */
function serve(items: Schemas["WorkflowItemOut"][]) {
  const state = { items, asked: [] as URLSearchParams[] };
  server.use(
    http.get(lists, ({ request }) => {
      const query = new URL(request.url).searchParams;
      state.asked.push(query);
      const wanted = query.get("search")?.toLowerCase() ?? "";
      const status = query.get("status");
      return list(
        "workflows",
        state.items.filter(
          (one) => one.name.toLowerCase().includes(wanted) && (!status || one.status === status),
        ),
      );
    }),
  );
  return state;
}

beforeEach(() => {
  signedIn();
  server.use(http.get(`${API}/clusters/`, () => list("clusters", [cluster()])));
});

describe("the list of workflows", () => {
  it("shows each with its status, nodes and last change, as a link", async () => {
    serve([workflow({ status: "published", description: "Storefront", tags: ["web"] })]);
    openApp("/workflows");
    const row = (await screen.findByRole("link", { name: "Shop" })).closest("tr");
    expect(row).not.toBeNull();
    const inside = within(row as HTMLElement);
    expect(inside.getByRole("link", { name: "Shop" })).toHaveAttribute("href", "/workflows/w1");
    expect(inside.getAllByText(t.workflows.status.published).length).toBeGreaterThan(0);
    expect(inside.getByText("Storefront")).toBeVisible();
    expect(inside.getByText("3", { exact: true })).toBeVisible();
    expect(screen.getByText(t.workflows.total(1))).toBeVisible();
  });

  it("asks for summaries, newest change first", async () => {
    const state = serve([workflow()]);
    openApp("/workflows");
    await screen.findByRole("link", { name: "Shop" });
    expect(Object.fromEntries(state.asked[0] ?? [])).toMatchObject({
      fields: "summary",
      sort: "updated_at",
      order: "desc",
      page: "1",
      limit: "20",
    });
  });

  it("keeps search and filter in the address", async () => {
    const state = serve([workflow(), workflow({ id: "w2", name: "Metrics", status: "published" })]);
    const app = openApp("/workflows?q=met");
    expect(await screen.findByRole("link", { name: "Metrics" })).toBeVisible();
    expect(screen.queryByRole("link", { name: "Shop" })).toBeNull();
    await app.user.click(screen.getByRole("button", { name: t.ui.clear }));
    expect(await screen.findByRole("link", { name: "Shop" })).toBeVisible();
    await app.user.click(screen.getByRole("radio", { name: t.workflows.status.published }));
    await waitFor(() => expect(app.router.state.location.search).toEqual({ status: "published" }));
    await waitFor(() => expect(state.asked.at(-1)?.get("status")).toBe("published"));
  });

  it("says when nothing matches, and how to see all again", async () => {
    serve([workflow()]);
    const app = openApp("/workflows?q=zzz");
    expect(await screen.findByRole("heading", { name: t.workflows.nothingTitle })).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: t.workflows.clearFilters }));
    expect(await screen.findByRole("link", { name: "Shop" })).toBeVisible();
  });

  it("pages", async () => {
    const pages: (string | null)[] = [];
    server.use(
      http.get(lists, ({ request }) => {
        const page = new URL(request.url).searchParams.get("page");
        pages.push(page);
        return list("workflows", [workflow({ name: `On page ${page}` })], { total: 45 });
      }),
    );
    const app = openApp("/workflows");
    await screen.findByRole("link", { name: "On page 1" });
    await app.user.click(screen.getByRole("button", { name: t.ui.next }));
    expect(await screen.findByRole("link", { name: "On page 2" })).toBeVisible();
    expect(screen.getByText(t.ui.page(2, 3))).toBeVisible();
    expect(app.router.state.location.search).toEqual({ page: 2 });
  });

  it("invites who has none to draw one, or to open the demo", async () => {
    serve([]);
    let body: Schemas["InstantiateInRequest"] | undefined;
    server.use(
      http.post("*/v1/api/templates/static-site/instantiate/", async ({ request }) => {
        body = (await request.json()) as Schemas["InstantiateInRequest"];
        return failure(503, "Not now.", "unavailable");
      }),
    );
    const app = openApp("/workflows");
    expect(await screen.findByRole("heading", { name: t.workflows.emptyTitle })).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: t.workflows.openDemo }));
    expect(await screen.findByText("Not now.")).toBeVisible();
    expect(body).toEqual({ name: t.workflows.demoName, namespace: "demo" });
  });

  it("says what went wrong, and tries again", async () => {
    let isUp = false;
    server.use(
      http.get(lists, () =>
        isUp ? list("workflows", [workflow()]) : failure(500, "A mistake of ours.", "server_error"),
      ),
    );
    const app = openApp("/workflows");
    expect(await screen.findByText("A mistake of ours.")).toBeVisible();
    isUp = true;
    await app.user.click(screen.getByRole("button", { name: t.ui.tryAgain }));
    expect(await screen.findByRole("link", { name: "Shop" })).toBeVisible();
  });
});

describe("a page that breaks", () => {
  it("leaves the frame standing, and the other pages", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    // Not what the server promises: only a fault of ours or of a proxy brings this.
    server.use(http.get(lists, () => HttpResponse.json({ total: 1 })));
    const app = openApp("/workflows");
    expect(await screen.findByRole("heading", { name: t.errors.crashTitle })).toBeVisible();
    expect(screen.getByRole("button", { name: t.errors.reload })).toBeVisible();
    await app.user.click(screen.getByRole("link", { name: t.nav.clusters }));
    expect(await screen.findByText("production")).toBeVisible();
  });
});

describe("what one does with a workflow", () => {
  async function choose(app: ReturnType<typeof openApp>, action: string): Promise<void> {
    await app.user.click(await screen.findByRole("button", { name: t.workflows.actionsFor("Shop") }));
    await app.user.click(await screen.findByRole("menuitem", { name: action }));
  }

  it("deletes it at once, and brings it back", async () => {
    const state = serve([workflow()]);
    server.use(
      http.delete(`${lists}:id/`, () => {
        state.items = [];
        return HttpResponse.json({ message: "gone", undo_until: "2026-12-20T10:00:00Z", run_ids: [] });
      }),
      http.post(`${lists}:id/undelete/`, () => {
        state.items = [workflow()];
        return HttpResponse.json(workflow());
      }),
    );
    const app = openApp("/workflows");
    await choose(app, t.workflows.delete);
    expect(await screen.findByText(t.workflows.deleted("Shop"))).toBeVisible();
    await waitFor(() => expect(screen.queryByRole("link", { name: "Shop" })).toBeNull());
    await app.user.click(screen.getByRole("button", { name: t.ui.undo }));
    expect(await screen.findByText(t.workflows.restored("Shop"))).toBeVisible();
    expect(await screen.findByRole("link", { name: "Shop" })).toBeVisible();
  });

  it("puts the row back when the server refuses", async () => {
    serve([workflow()]);
    server.use(http.delete(`${lists}:id/`, () => failure(409, "A run is in progress.", "conflict")));
    const app = openApp("/workflows");
    await choose(app, t.workflows.delete);
    expect(await screen.findByText("A run is in progress.")).toBeVisible();
    expect(await screen.findByRole("link", { name: "Shop" })).toBeVisible();
  });

  it("asks about what was deployed before it deletes what may run", async () => {
    serve([workflow({ latest_version: 2 })]);
    let query: URLSearchParams | undefined;
    server.use(
      http.delete(`${lists}:id/`, ({ request }) => {
        query = new URL(request.url).searchParams;
        return HttpResponse.json({ message: "gone", undo_until: "2026-12-20T10:00:00Z", run_ids: ["run_1"] });
      }),
    );
    const app = openApp("/workflows");
    await choose(app, t.workflows.delete);
    const dialog = within(await screen.findByRole("dialog"));
    await app.user.click(dialog.getByRole("checkbox"));
    await app.user.click(dialog.getByRole("button", { name: t.ui.delete }));
    await waitFor(() => expect(query?.get("cleanup")).toBe("true"));
  });

  it("archives, with a way back", async () => {
    serve([workflow()]);
    const statuses: string[] = [];
    server.use(
      http.put(`${lists}:id/status/`, async ({ request }) => {
        const { status } = (await request.json()) as { status: string };
        statuses.push(status);
        return HttpResponse.json(workflow());
      }),
    );
    const app = openApp("/workflows");
    await choose(app, t.workflows.archive);
    await app.user.click(await screen.findByRole("button", { name: t.ui.undo }));
    await waitFor(() => expect(statuses).toEqual(["archived", "draft"]));
  });

  it("duplicates under a name of its own", async () => {
    serve([workflow()]);
    let body: unknown;
    server.use(
      http.post(`${lists}:id/clone/`, async ({ request }) => {
        body = await request.json();
        return HttpResponse.json(workflow({ id: "w2", name: "Shop copy" }), { status: 201 });
      }),
    );
    const app = openApp("/workflows");
    await choose(app, t.workflows.clone);
    expect(await screen.findByText(t.workflows.cloned("Shop copy"))).toBeVisible();
    expect(body).toEqual({ name: "Shop copy" });
  });

  it("changes name, tags and where it runs, and shows refusals on their field", async () => {
    serve([workflow({ tags: ["a"], namespace: "shop" })]);
    const bodies: unknown[] = [];
    server.use(
      http.put(`${lists}:id/`, async ({ request }) => {
        bodies.push(await request.json());
        return bodies.length === 1
          ? failure(400, "namespace: Reserved.", "invalid_input", { fields: { namespace: ["Reserved."] } })
          : HttpResponse.json(workflow());
      }),
    );
    const app = openApp("/workflows");
    await choose(app, t.workflows.rename);
    const name = await screen.findByLabelText(t.workflows.name);
    await app.user.clear(name);
    await app.user.type(name, "Market");
    await app.user.type(screen.getByLabelText(t.workflows.tags), ", b");
    await app.user.click(screen.getByRole("button", { name: t.ui.saveChanges }));
    expect(await screen.findByText("Reserved.")).toBeVisible();
    await app.user.clear(screen.getByLabelText(t.workflows.namespace));
    await app.user.click(screen.getByRole("button", { name: t.ui.saveChanges }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const body = { name: "Market", description: "", tags: ["a", "b"], cluster: null };
    expect(bodies).toEqual([
      { ...body, namespace: "shop" },
      { ...body, namespace: null },
    ]);
  });
});
