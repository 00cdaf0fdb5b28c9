import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import type { Schemas } from "@/api";
import { t } from "@/texts";
import { openApp } from "../app";
import { API, cluster, failure, list, server, signedIn } from "../server";

const base = `${API}/clusters/`;
const practice = cluster({
  id: "c0",
  name: "practice",
  access: "practice",
  display_name: "Practice cluster",
  is_default: true,
});
const broken = cluster({
  id: "c2",
  name: "staging",
  status: "disconnected",
  reason: "tls",
  error: "The certificate was signed by an unknown authority.",
  presented_certificate: {
    fingerprint: "ab12cd34",
    subject: "CN=kube",
    issuer: "CN=kube-ca",
    not_after: "2027-01-01",
    is_ca: false,
    certificate: "PEM",
  },
});

const metadata: Schemas["ClusterMetadataOut"] = {
  cluster: "production",
  status: "connected",
  version: "v1.34.0",
  platform: "linux/amd64",
  nodes: [
    {
      name: "node-1",
      ready: false,
      schedulable: false,
      roles: ["control-plane"],
      version: "v1.34.0",
      os: "Debian",
      architecture: "amd64",
      runtime: "containerd://2",
    },
  ],
  namespaces: ["default", "shop"],
  storage_classes: [],
  api_resources: [
    { group: "", version: "v1", kind: "Pod", resource: "pods", namespaced: true, verbs: ["get", "list"] },
    {
      group: "apps",
      version: "v1",
      kind: "Deployment",
      resource: "deployments",
      namespaced: true,
      verbs: ["get"],
    },
  ],
  permissions: [
    {
      namespace: "shop",
      rules: [{ verbs: ["*"], api_groups: ["*"], resources: ["*"], resource_names: [] }],
      is_incomplete: false,
    },
  ],
  notes: ["Nodes: forbidden."],
  refreshed_at: "2026-11-20T10:00:00Z",
};

let shares: Schemas["ClusterShareOut"][] = [];

function serve(items: Schemas["ClusterOut"][]): void {
  server.use(
    http.get(base, () => list("clusters", items)),
    http.get(`${base}:name/logs/`, () =>
      list("logs", [
        {
          id: "l1",
          action: "tested",
          success: false,
          error: "unknown authority",
          created_at: "2026-11-20T10:00:00Z",
        },
      ]),
    ),
    http.get(`${base}:name/metrics/`, () => {
      const none = { used: null, capacity: null };
      const totals = {
        nodes: 3,
        ready: 3,
        cpu: { used: 1.5, capacity: 12 },
        memory: none,
        pods: none,
        storage: none,
      };
      return HttpResponse.json({ nodes: [], totals, source: "metrics.k8s.io", notes: [] });
    }),
    http.get(`${base}:name/metadata/`, () => HttpResponse.json(metadata)),
    http.get(`${base}:name/shares/`, () => list("shares", shares)),
    http.get(`${base}:name/`, ({ params }) => {
      const found = items.find((one) => one.name === params.name);
      return found
        ? HttpResponse.json(found)
        : failure(404, "There is no such cluster.", "cluster_not_found");
    }),
  );
}

beforeEach(() => {
  shares = [];
  signedIn();
});

async function choose(app: ReturnType<typeof openApp>, name: string, action: string): Promise<void> {
  await app.user.click(await screen.findByRole("button", { name: t.clusters.actionsFor(name) }));
  await app.user.click(await screen.findByRole("menuitem", { name: action }));
}

describe("the list of clusters", () => {
  it("shows state, reason and version, and what is a simulation", async () => {
    serve([practice, cluster(), broken]);
    openApp("/clusters");
    expect(await screen.findByText("Practice cluster")).toBeVisible();
    expect(screen.getByText(t.clusters.practice)).toBeVisible();
    expect(screen.getByText(t.clusters.default)).toBeVisible();
    expect(screen.getAllByText(t.clusters.status.disconnected).length).toBeGreaterThan(0);
    expect(screen.getAllByText(t.clusters.reasons.tls as string).length).toBeGreaterThan(0);
    expect(screen.getAllByText("v1.34.0").length).toBeGreaterThan(0);
  });

  it("invites to connect one where there is none", async () => {
    serve([]);
    openApp("/clusters");
    expect(await screen.findByRole("heading", { name: t.clusters.emptyTitle })).toBeVisible();
  });

  it("does not offer to remove or change the practice cluster", async () => {
    serve([practice]);
    const app = openApp("/clusters");
    await app.user.click(await screen.findByRole("button", { name: t.clusters.actionsFor("practice") }));
    expect(await screen.findByRole("menuitem", { name: t.clusters.test })).toBeVisible();
    expect(screen.queryByRole("menuitem", { name: t.clusters.delete })).toBeNull();
    expect(screen.queryByRole("menuitem", { name: t.clusters.replace })).toBeNull();
  });

  it("tests, and chooses the default", async () => {
    serve([practice, cluster()]);
    server.use(
      http.post(`${base}:name/test/`, () =>
        HttpResponse.json({ status: "unhealthy", reason: "refused", error: "Refused." }),
      ),
      http.put(`${base}:name/default/`, () => HttpResponse.json(cluster({ is_default: true }))),
    );
    const app = openApp("/clusters");
    await choose(app, "production", t.clusters.test);
    expect(await screen.findByText("Refused.")).toBeVisible();
    await choose(app, "production", t.clusters.makeDefault);
    expect(await screen.findByText(t.clusters.isDefaultNow("production"))).toBeVisible();
  });
});

describe("adding a cluster", () => {
  it("checks first, then sends only what belongs to the chosen kind", async () => {
    serve([practice]);
    let body: unknown;
    server.use(
      http.post(base, async ({ request }) => {
        body = await request.json();
        return HttpResponse.json(cluster(), { status: 201 });
      }),
    );
    const app = openApp("/clusters?add=true");
    const dialog = within(await screen.findByRole("dialog"));
    await app.user.click(dialog.getByRole("button", { name: t.clusters.addAction }));
    expect(await dialog.findAllByText(t.errors.required)).toHaveLength(2);
    await app.user.type(dialog.getByLabelText(t.clusters.name), "production");
    await app.user.type(dialog.getByLabelText(t.clusters.kubeconfig), "left behind");
    await app.user.click(dialog.getByRole("radio", { name: t.clusters.kinds.bearer_token }));
    await app.user.type(dialog.getByLabelText(t.clusters.token), "s3cret");
    await app.user.type(dialog.getByLabelText(t.clusters.server), "https://cluster.example.com:6443");
    await app.user.click(dialog.getByRole("button", { name: t.clusters.addAction }));
    expect(await screen.findByText(t.clusters.added("production"))).toBeVisible();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(body).toEqual({
      name: "production",
      is_default: false,
      server: "https://cluster.example.com:6443",
      auth_type: "bearer_token",
      token: "s3cret",
    });
  });

  it("takes a kubeconfig from a file, and puts the server's refusal on its field", async () => {
    serve([practice]);
    server.use(
      http.post(base, () =>
        failure(400, "kubeconfig: users[0] uses exec.", "invalid_input", {
          fields: { kubeconfig: ["users[0] uses exec."] },
        }),
      ),
    );
    const app = openApp("/clusters?add=true");
    const dialog = await screen.findByRole("dialog");
    await app.user.type(within(dialog).getByLabelText(t.clusters.name), "production");
    const chooser = dialog.querySelector<HTMLInputElement>('input[type="file"]');
    expect(chooser).not.toBeNull();
    await app.user.upload(chooser as HTMLInputElement, new File(["kind: Config"], "config"));
    await waitFor(() =>
      expect(within(dialog).getByLabelText(t.clusters.kubeconfig)).toHaveValue("kind: Config"),
    );
    await app.user.click(within(dialog).getByRole("button", { name: t.clusters.addAction }));
    expect(await within(dialog).findByText("users[0] uses exec.")).toBeVisible();
  });

  it("shows why one that was added cannot be reached, and lets its certificate be trusted", async () => {
    serve([practice, broken]);
    let body: unknown;
    server.use(
      http.post(base, () => HttpResponse.json(broken, { status: 201 })),
      http.put(`${base}:name/`, async ({ request }) => {
        body = await request.json();
        return HttpResponse.json({ ...broken, status: "connected", reason: "" });
      }),
    );
    const app = openApp("/clusters?add=true");
    const dialog = within(await screen.findByRole("dialog"));
    await app.user.type(dialog.getByLabelText(t.clusters.name), "staging");
    await app.user.type(dialog.getByLabelText(t.clusters.kubeconfig), "kind: Config");
    await app.user.click(dialog.getByRole("button", { name: t.clusters.addAction }));
    expect(await screen.findByRole("heading", { name: "staging" })).toBeVisible();
    expect(await screen.findByText(broken.error)).toBeVisible();
    expect(screen.getByText("ab12cd34")).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: t.clusters.trust }));
    expect(await screen.findByText(t.clusters.trusted("staging"))).toBeVisible();
    expect(body).toEqual({ fingerprint: "ab12cd34" });
    expect(app.router.state.location.pathname).toBe("/clusters/staging");
    await app.user.click(screen.getByRole("tab", { name: t.clusters.tabs.log }));
    expect(await screen.findByText("unknown authority")).toBeVisible();
  });
});

describe("changing a cluster", () => {
  it("replaces credentials, and says why it did not", async () => {
    serve([cluster()]);
    server.use(
      http.put(`${base}:name/credentials/`, () =>
        failure(
          400,
          "The new credentials do not work, so the old ones stay: unauthorized",
          "cluster_refused",
          {
            details: { reason: "unauthorized" },
          },
        ),
      ),
    );
    const app = openApp("/clusters");
    await choose(app, "production", t.clusters.replace);
    const dialog = within(await screen.findByRole("dialog"));
    await app.user.type(dialog.getByLabelText(t.clusters.token), "new-token");
    await app.user.click(dialog.getByRole("button", { name: t.clusters.replaceAction }));
    expect(await dialog.findByRole("alert")).toHaveTextContent("the old ones stay");
  });

  it("names what still runs there before a removal is forced", async () => {
    serve([cluster()]);
    const forced: (string | null)[] = [];
    server.use(
      http.delete(`${base}:name/`, ({ request }) => {
        const force = new URL(request.url).searchParams.get("force");
        forced.push(force);
        if (force !== "true") {
          return failure(409, "Something still runs there.", "cluster_in_use", {
            details: { targets: ["Shop in shop"] },
          });
        }
        return HttpResponse.json({ message: "removed" });
      }),
    );
    const app = openApp("/clusters");
    await choose(app, "production", t.clusters.delete);
    const dialog = within(await screen.findByRole("dialog"));
    await app.user.click(dialog.getByRole("button", { name: t.clusters.removeAction }));
    expect(await dialog.findByText("Shop in shop")).toBeVisible();
    await app.user.click(dialog.getByRole("button", { name: t.clusters.removeForce }));
    expect(await screen.findByText(t.clusters.deleted("production"))).toBeVisible();
    expect(forced).toEqual([null, "true"]);
  });

  it("says so when a link leads to a cluster that is gone", async () => {
    serve([cluster()]);
    openApp("/clusters?cluster=gone");
    expect(await screen.findByText("There is no such cluster.")).toBeVisible();
  });
});

describe("a shared cluster", () => {
  const colleague: Schemas["ClusterShareOut"] = {
    id: "s1",
    email: "tom@example.com",
    user_id: "u2",
    name: "Tom",
    role: "editor",
    namespaces: ["shop"],
    status: "active",
    shared_by: "Ines Okafor",
    created_at: "2026-11-20T10:00:00Z",
    updated_at: "2026-11-20T10:00:00Z",
    accepted_at: null,
  };

  it("is given to a colleague, and taken back", async () => {
    serve([cluster()]);
    let body: unknown;
    server.use(
      http.post(`${base}:name/share/`, async ({ request }) => {
        body = await request.json();
        shares = [colleague];
        return HttpResponse.json(colleague, { status: 201 });
      }),
      http.delete(`${base}:name/shares/:id/`, () => {
        shares = [];
        return HttpResponse.json({ message: "gone" });
      }),
    );
    const app = openApp("/clusters/production");
    expect(await screen.findByText(t.clusters.of("1.5", t.clusters.cores("12")))).toBeVisible();
    await app.user.click(screen.getByRole("tab", { name: t.clusters.tabs.sharing }));
    expect(await screen.findByText(t.clusters.shareEmpty)).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: t.clusters.share }));
    const dialog = within(await screen.findByRole("dialog", { name: t.clusters.shareTitle("production") }));
    await app.user.type(dialog.getByLabelText(t.clusters.shareEmail), "tom@example.com");
    await app.user.click(dialog.getByRole("combobox", { name: t.clusters.shareRole }));
    await app.user.click(
      await screen.findByRole("option", { name: new RegExp(t.clusters.shareRoles.editor) }),
    );
    await app.user.type(dialog.getByLabelText(t.clusters.shareNamespaces), "shop, ");
    await app.user.click(dialog.getByRole("button", { name: t.clusters.shareAction }));
    expect(await screen.findByText("Tom")).toBeVisible();
    expect(body).toEqual({ email: "tom@example.com", role: "editor", namespaces: ["shop"] });
    await app.user.click(screen.getByRole("button", { name: t.clusters.unshare("Tom") }));
    expect(await screen.findByText(t.clusters.shareEmpty)).toBeVisible();
  });

  it("lets a viewer look, and nothing more", async () => {
    serve([cluster({ role: "viewer", shared_by: "Tom", namespaces: ["shop"] })]);
    const app = openApp("/clusters/production");
    expect(await screen.findByText(t.clusters.onlyNamespaces(["shop"]))).toBeVisible();
    expect(screen.queryByRole("tab", { name: t.clusters.tabs.sharing })).toBeNull();
    await app.user.click(screen.getByRole("button", { name: t.clusters.actionsFor("production") }));
    expect(await screen.findByRole("menuitem", { name: t.clusters.makeDefault })).toBeVisible();
    for (const action of [t.clusters.edit, t.clusters.replace, t.clusters.delete]) {
      expect(screen.queryByRole("menuitem", { name: action })).toBeNull();
    }
  });
});

describe("the page of a cluster", () => {
  it("shows nodes, what it offers and what may be done, each with its own address", async () => {
    serve([cluster()]);
    const app = openApp("/clusters/production");
    expect(await screen.findByText("node-1")).toBeVisible();
    expect(screen.getByText(t.clusters.nodeNotReady)).toBeVisible();
    expect(screen.getByText(t.clusters.nodeCordoned)).toBeVisible();
    await app.user.click(screen.getByRole("tab", { name: t.clusters.tabs.offers }));
    expect(app.router.state.location.search).toEqual({ tab: "offers" });
    expect(await screen.findByText("Nodes: forbidden.")).toBeVisible();
    expect(screen.getByText(t.clusters.noStorageClasses)).toBeVisible();
    await app.user.type(screen.getByRole("searchbox", { name: t.clusters.apiSearch }), "deploy");
    expect(screen.getByText("Deployment")).toBeVisible();
    expect(screen.queryByText("Pod")).toBeNull();
    await app.user.click(screen.getByRole("tab", { name: t.clusters.tabs.access }));
    expect((await screen.findAllByText(t.clusters.everything)).length).toBe(2);
  });

  it("looks again when asked, and says so where nobody has looked yet", async () => {
    serve([cluster()]);
    let looked = 0;
    server.use(
      http.get(`${base}:name/metadata/`, () => HttpResponse.json({ ...metadata, refreshed_at: null })),
      http.post(`${base}:name/refresh/`, () => {
        looked += 1;
        return HttpResponse.json(metadata);
      }),
    );
    const app = openApp("/clusters/production?tab=offers");
    expect(await screen.findByText(t.clusters.neverRefreshed)).toBeVisible();
    await app.user.click(screen.getByTestId("cluster-refresh"));
    expect(await screen.findByText(t.clusters.refreshed("production"))).toBeVisible();
    expect(looked).toBe(1);
  });
});
