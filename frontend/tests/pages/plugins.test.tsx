import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import type { Plugin } from "@/data/plugins";
import { t } from "@/texts";
import { openApp } from "../app";
import { API, failure, list, server, signedIn, user } from "../server";

const words = t.plugins;

const plugin = (id: string, more: Partial<Plugin> = {}): Plugin => ({
  id,
  name: id,
  display_name: id,
  description: `What ${id} is for.`,
  category: "databases",
  version: "1.0",
  api_version: "1.0",
  icon: "database",
  author: "",
  homepage: "",
  origin: "shipped",
  enabled: true,
  is_off_for_all: false,
  broken: false,
  problem: "",
  is_stopped: false,
  requirements: [],
  node_types: [],
  templates: [],
  webhook_targets: [],
  ...more,
});

let plugins: Plugin[];

function serve() {
  const one = (id: unknown) => plugins.find((each) => each.id === id) as Plugin;
  const set = (id: unknown, enabled: boolean, scope: string) => {
    plugins = plugins.map((each) =>
      each.id === id
        ? {
            ...each,
            enabled,
            ...(each.is_stopped && enabled ? { broken: false, is_stopped: false } : {}),
            is_off_for_all: scope === "all" ? !enabled : each.is_off_for_all,
          }
        : each,
    );
    return HttpResponse.json(one(id));
  };
  const scopeOf = async (request: Request) => ((await request.json()) as { scope: string }).scope;
  server.use(
    http.get(`${API}/plugins/`, () => list("plugins", plugins)),
    http.get(`${API}/clusters/`, () => list("clusters", [])),
    http.get(`${API}/plugins/:id/`, ({ params }) => HttpResponse.json(one(params.id))),
    http.post(`${API}/plugins/:id/enable/`, async ({ params, request }) =>
      set(params.id, true, await scopeOf(request)),
    ),
    http.post(`${API}/plugins/:id/disable/`, async ({ params, request }) =>
      set(params.id, false, await scopeOf(request)),
    ),
  );
}

beforeEach(() => {
  signedIn();
  plugins = [plugin("redis"), plugin("velero", { category: "backup", enabled: false })];
  serve();
});

describe("plugins", () => {
  it("are narrowed as one types", async () => {
    const app = openApp("/plugins");
    expect(await screen.findByRole("link", { name: "redis" })).toBeVisible();
    await app.user.type(screen.getByLabelText(words.search), "backup");
    await waitFor(() => expect(screen.queryByRole("link", { name: "redis" })).toBeNull());
    expect(screen.getByRole("link", { name: "velero" })).toBeVisible();
    await app.user.type(screen.getByLabelText(words.search), " nothing");
    expect(await screen.findByText(words.nothingTitle)).toBeVisible();
  });

  it("are turned on where they stand", async () => {
    const app = openApp("/plugins");
    const choice = await screen.findByRole("switch", { name: words.switchFor("velero") });
    expect(choice).not.toBeChecked();
    await app.user.click(choice);
    await waitFor(() =>
      expect(screen.getByRole("switch", { name: words.switchFor("velero") })).toBeChecked(),
    );
  });

  it("cannot be turned on when broken, or off for everybody", async () => {
    plugins = [
      plugin("odd", {
        broken: true,
        problem: "plugin.yaml: there is no field 'kinds'.",
        enabled: false,
        category: "broken",
      }),
      plugin("barred", { is_off_for_all: true, enabled: false }),
    ];
    openApp("/plugins");
    for (const name of ["odd", "barred"])
      expect(await screen.findByRole("switch", { name: words.switchFor(name) })).toBeDisabled();
    expect(screen.getAllByText(words.broken)[0]).toBeVisible();
  });

  it("are called again when somebody says so", async () => {
    plugins = [
      plugin("slow", { broken: true, is_stopped: true, problem: "Its check took longer than 5 s." }),
    ];
    const app = openApp("/plugins/slow");
    expect(await screen.findByText(/longer than 5 s/)).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: words.callAgain }));
    await waitFor(() => expect(screen.queryByText(/longer than 5 s/)).toBeNull());
  });

  it("are one's own choice for whoever is no administrator", async () => {
    openApp("/plugins/redis");
    await screen.findByText(words.isOnNote);
    expect(screen.queryByText(words.isOnForAll)).toBeNull();
  });

  it("are turned off for everybody by administrators", async () => {
    signedIn({ ...user, role: "admin" });
    const admin = openApp("/plugins/redis");
    await admin.user.click(await screen.findByRole("switch", { name: new RegExp(words.isOnForAll) }));
    expect(await screen.findByText(words.offForAllText)).toBeVisible();
  });

  it("say what a cluster lacks for them", async () => {
    const need = {
      name: "the operator",
      group: "redis.example",
      kinds: ["Redis"],
      install: "helm install operator",
      url: "https://redis.example/install",
      is_met: false,
      missing: ["Redis"],
      message: "",
    };
    plugins = [plugin("redis", { requirements: [need] })];
    openApp("/plugins/redis?cluster=production");
    const row = await screen.findByTestId("requirement");
    expect(within(row).getByText(words.notMet("Redis"))).toBeVisible();
    expect(within(row).getByText("helm install operator")).toBeVisible();
  });

  it("say why they cannot be shown", async () => {
    server.use(
      http.get(`${API}/plugins/:id/`, () => failure(404, "There is no such plugin.", "plugin_not_found")),
    );
    openApp("/plugins/nothing");
    expect(await screen.findByText("There is no such plugin.")).toBeVisible();
  });
});
