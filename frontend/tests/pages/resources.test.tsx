import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Schemas } from "@/api";
import { t } from "@/texts";
import { openApp } from "../app";
import { API, cluster, failure, list, server, signedIn } from "../server";

const base = `${API}/resources/`;

function resource(more: Partial<Schemas["ResourceOut"]> = {}): Schemas["ResourceOut"] {
  return {
    id: "r1",
    cluster: "production",
    cluster_id: "c1",
    api_version: "apps/v1",
    kind: "Deployment",
    namespace: "shop",
    name: "web",
    uid: "u1",
    status: "Available",
    health: "healthy",
    reason: "",
    summary: "2 of 2 ready",
    is_live: true,
    replicas: { desired: 2, ready: 2 },
    facts: { images: ["nginx:1.27"], desired: 2, ready: 2 },
    node: "",
    owner: null,
    actions: ["logs", "scale", "restart", "delete"],
    user_tags: [],
    user_notes: "",
    is_favorite: false,
    created_at: "2026-11-20T10:00:00Z",
    updated_at: "2026-11-20T10:00:00Z",
    last_seen_at: "2026-11-20T10:00:00Z",
    deleted_at: null,
    ...more,
  };
}

function detail(more: Partial<Schemas["ResourceDetailOut"]> = {}): Schemas["ResourceDetailOut"] {
  return {
    ...resource(),
    labels: { app: "web" },
    object: {
      kind: "Deployment",
      metadata: { name: "web", managedFields: [{ manager: "kubectl" }] },
      status: { conditions: [{ type: "Available", status: "True", reason: "Enough" }] },
    },
    tree: {
      owners: [],
      children: [
        {
          id: "p1",
          kind: "Pod",
          namespace: "shop",
          name: "web-abc",
          uid: "u2",
          owner_uid: "u1",
          status: "Running",
          health: "healthy",
          summary: "",
        },
      ],
      is_cut: false,
    },
    events: [
      {
        type: "Warning",
        reason: "BackOff",
        message: "It fell over.",
        count: 3,
        last_seen_at: "2026-11-20T10:00:00Z",
      },
    ],
    history: [
      {
        at: "2026-11-20T10:00:00Z",
        who: "kubectl",
        source: "cluster",
        action: "Update",
        fields: ["spec.replicas"],
        detail: {},
      },
    ],
    notes: [],
    ...more,
  };
}

const mirrors = [
  { id: "c1", name: "production", is_live: true, seen_at: "2026-11-20T10:00:00Z", trouble: "", notes: [] },
];

/** A list of so many, given out in pages as the server does. */
function serveList(total: number, clusters: object[] = mirrors) {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get(base, ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query);
      const page = Number(query.get("page"));
      const from = (page - 1) * 100;
      const rows = Array.from({ length: Math.max(0, Math.min(100, total - from)) }, (_, index) =>
        resource({ id: `r${from + index}`, name: `web-${from + index}` }),
      );
      return HttpResponse.json({ resources: rows, total, page, limit: 100, clusters });
    }),
  );
  return asked;
}

beforeEach(() => {
  signedIn();
  // Only what has a height is drawn.
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(800);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(1200);
  server.use(
    http.get(`${API}/clusters/`, () => list("clusters", [cluster()])),
    http.get(`${API}/clusters/:name/metadata/`, () =>
      HttpResponse.json({
        cluster: "production",
        status: "connected",
        version: "",
        platform: "",
        nodes: [],
        namespaces: ["default", "shop"],
        storage_classes: [],
        api_resources: [],
        permissions: [],
        notes: [],
        refreshed_at: "2026-11-20T10:00:00Z",
      }),
    ),
  );
});

afterEach(() => vi.restoreAllMocks());

describe("the table of resources", () => {
  it("draws only what is in sight of ten thousand", async () => {
    const asked = serveList(10_000);
    openApp("/resources");
    expect(await screen.findByText("web-0")).toBeVisible();
    expect(screen.getByText(t.resources.total(10_000))).toBeVisible();
    expect(screen.getAllByTestId("resource-row").length).toBeLessThan(60);
    expect(new Set(asked.map((query) => query.get("page")))).toEqual(new Set(["1"]));
    expect(screen.getByRole("table")).toHaveAttribute("aria-rowcount", "10001");
  });

  it("keeps its filters in the address, and asks the server for them", async () => {
    const asked = serveList(3);
    const app = openApp("/resources?kind=Pod&status=degraded&q=we");
    await screen.findByText("web-0");
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      kind: "Pod",
      status: "degraded",
      search: "we",
    });
    await app.user.click(screen.getByRole("combobox", { name: t.resources.namespace }));
    await app.user.click(await screen.findByRole("option", { name: "shop" }));
    await waitFor(() =>
      expect(app.router.state.location.search).toMatchObject({ namespace: "shop", kind: "Pod" }),
    );
    await app.user.click(screen.getByRole("button", { name: t.resources.onlyFavourites }));
    await waitFor(() => expect(asked.at(-1)?.get("favorite")).toBe("true"));
    await app.user.click(
      screen.getByRole("button", { name: t.resources.sortBy(t.resources.columns.status) }),
    );
    await waitFor(() => expect(asked.at(-1)?.get("sort")).toBe("health"));
  });

  it("says which cluster cannot be seen, and that nothing matches", async () => {
    serveList(0, [{ ...mirrors[0], is_live: false, trouble: "It refuses the connection." }]);
    openApp("/resources?q=nothing");
    expect(await screen.findByText(t.resources.nothingTitle)).toBeVisible();
    expect(screen.getByText(/It refuses the connection/)).toBeVisible();
  });

  it("says what went wrong", async () => {
    server.use(http.get(base, () => failure(503, "The database is away.", "unavailable")));
    openApp("/resources");
    expect(await screen.findByText("The database is away.")).toBeVisible();
  });
});

describe("the page of a resource", () => {
  function serve(found: Schemas["ResourceDetailOut"]): void {
    server.use(
      http.get(`${base}:id/`, () => HttpResponse.json(found)),
      http.get(`${base}:id/stream`, () => failure(404, "gone", "not_found")),
      http.get(`${base}:id/metrics/`, () => {
        const amounts = { used: 0.05, request: 0.1, limit: 0.2 };
        const none = { used: null, request: null, limit: null };
        return HttpResponse.json({
          pods: [],
          totals: { cpu: amounts, memory: none },
          source: "kubelet",
          notes: [],
        });
      }),
    );
  }

  it("tells its state, use, conditions and family, and each part has its address", async () => {
    serve(detail());
    const app = openApp("/resources/r1");
    expect(await screen.findByRole("heading", { name: "web" })).toBeVisible();
    expect(screen.getByText("nginx:1.27")).toBeVisible();
    expect(within(screen.getByTestId("owner-tree")).getByText("web-abc")).toBeVisible();
    expect(await screen.findByText("50m / 0.2")).toBeVisible();
    await app.user.click(screen.getByRole("tab", { name: new RegExp(t.resources.tabs.events) }));
    expect(screen.getByText("It fell over.")).toBeVisible();
    expect(screen.getByText(t.resources.times(3))).toBeVisible();
    expect(app.router.state.location.search).toEqual({ tab: "events" });
    await app.user.click(screen.getByRole("tab", { name: t.resources.tabs.history }));
    expect(screen.getByText("kubectl")).toBeVisible();
  });

  it("scales, and deletes only what was named", async () => {
    serve(detail());
    const sent: unknown[] = [];
    server.use(
      http.post(`${base}:id/scale/`, async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json(resource({ replicas: { desired: 3, ready: 2 } }));
      }),
      http.delete(`${base}:id/`, () => {
        sent.push("deleted");
        return HttpResponse.json({ message: "It is being deleted." });
      }),
    );
    const app = openApp("/resources/r1");
    await app.user.click(await screen.findByTestId("resource-scale"));
    const input = await screen.findByLabelText(t.resources.replicas);
    await app.user.clear(input);
    await app.user.type(input, "3");
    await app.user.click(within(screen.getByRole("dialog")).getByRole("button", { name: t.resources.scale }));
    expect(await screen.findByText(t.resources.scaled("web", 3))).toBeVisible();
    await app.user.click(screen.getByTestId("resource-more"));
    await app.user.click(await screen.findByRole("menuitem", { name: t.resources.delete }));
    const dialog = within(await screen.findByRole("dialog"));
    const confirm = dialog.getByRole("button", { name: t.resources.deleteAction });
    expect(confirm).toBeDisabled();
    await app.user.type(dialog.getByLabelText(t.resources.deleteType("web")), "web");
    await app.user.click(confirm);
    expect(await screen.findByText(t.resources.deleting("Deployment", "web"))).toBeVisible();
    expect(sent).toEqual([{ replicas: 3 }, "deleted"]);
  });

  it("offers a viewer nothing but to look", async () => {
    serve(detail({ actions: ["logs"] }));
    openApp("/resources/r1");
    await screen.findByRole("heading", { name: "web" });
    for (const hook of ["resource-scale", "resource-restart", "resource-more"]) {
      expect(screen.queryByTestId(hook)).toBeNull();
    }
    expect(screen.queryByRole("tab", { name: t.resources.tabs.terminal })).toBeNull();
    expect(screen.getByRole("tab", { name: t.resources.tabs.logs })).toBeVisible();
  });

  it("keeps tags, and says that something is gone", async () => {
    serve(detail({ deleted_at: "2026-11-21T10:00:00Z", actions: [], user_tags: ["mine"] }));
    let body: unknown;
    server.use(
      http.patch(`${base}:id/`, async ({ request }) => {
        body = await request.json();
        return HttpResponse.json(resource());
      }),
    );
    const app = openApp("/resources/r1");
    expect(await screen.findByText(new RegExp(t.resources.gone))).toBeVisible();
    await app.user.type(screen.getByLabelText(t.resources.tagsPlaceholder), "slow{Enter}");
    await waitFor(() => expect(body).toEqual({ user_tags: ["mine", "slow"] }));
  });

  it("shows the logs of all its pods, with a search", async () => {
    serve(detail());
    const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
    const line = (pod: string, text: string) =>
      event("line", { pod, container: "web", time: "2026-11-20T10:00:00Z", text });
    const body =
      event("snapshot", { pod: "web-a", container: "web", containers: ["web"], pods: [] }) +
      line("web-a", "\u001b[31mred\u001b[0m <b>bold</b>") +
      line("web-b", "fine") +
      event("done", { reason: "" });
    let query: URLSearchParams | undefined;
    server.use(
      http.get(`${base}:id/logs/stream`, ({ request }) => {
        query = new URL(request.url).searchParams;
        return new HttpResponse(body, { headers: { "Content-Type": "text/event-stream" } });
      }),
    );
    const app = openApp("/resources/r1?tab=logs");
    expect(await screen.findByText("fine")).toBeVisible();
    expect(query?.get("all_pods")).toBe("true");
    // What a line says is text, never markup.
    expect(screen.getByText("<b>bold</b>", { exact: false })).toBeVisible();
    expect(screen.getByText("red")).toHaveClass("ansi-red");
    await app.user.type(screen.getByRole("searchbox", { name: t.live.logs.search }), "fin");
    expect(await screen.findByText(t.live.logs.matches(0, 1))).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: t.live.logs.onlyMatching }));
    await waitFor(() => expect(screen.getAllByTestId("log-line")).toHaveLength(1));
  });
});
