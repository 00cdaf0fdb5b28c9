import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import type { Schemas } from "@/api";
import { t } from "@/texts";
import { openApp } from "../app";
import { API, failure, list, server, signedIn, user } from "../server";

const admin = { ...user, role: "admin" as const };

function registry(more: Partial<Schemas["RegistryOut"]> = {}): Schemas["RegistryOut"] {
  return {
    id: "g1",
    name: "GitHub",
    type: "ghcr",
    url: "https://ghcr.io",
    host: "ghcr.io",
    path: "acme",
    description: "",
    ca_data: "",
    has_credentials: true,
    available_to: "everyone",
    is_default: false,
    status: "unhealthy",
    reason: "unauthorized",
    error: "401",
    checked_at: "2026-11-20T10:00:00Z",
    created_at: "2026-11-20T10:00:00Z",
    updated_at: "2026-11-20T10:00:00Z",
    ...more,
  };
}

function serve(items: Schemas["RegistryOut"][]): void {
  server.use(http.get(`${API}/registries/`, () => list("registries", items)));
}

beforeEach(() => signedIn(admin));

describe("the registries", () => {
  it("show where they are and why one does not work", async () => {
    serve([registry()]);
    openApp("/registries");
    expect(await screen.findByText("ghcr.io/acme")).toBeVisible();
    expect(screen.getByText(t.registries.reasons.unauthorized as string)).toBeVisible();
  });

  it("are cared for by administrators alone", async () => {
    signedIn(user);
    serve([]);
    openApp("/registries?add=true");
    expect(await screen.findByText(t.registries.emptyMember)).toBeVisible();
    expect(screen.queryByRole("button", { name: t.registries.add })).toBeNull();
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("are added with a password for some people, and refusals land on their field", async () => {
    serve([]);
    const sent: unknown[] = [];
    server.use(
      http.post(`${API}/admin/registries/`, async ({ request }) => {
        sent.push(await request.json());
        if (sent.length === 1)
          return failure(409, "This name is taken.", "conflict", { fields: { name: ["Taken."] } });
        return HttpResponse.json(registry({ name: "Ours" }), { status: 201 });
      }),
    );
    const app = openApp("/registries?add=true");
    const dialog = within(await screen.findByRole("dialog"));
    await app.user.type(dialog.getByLabelText(t.registries.name), "Ours");
    await app.user.type(dialog.getByLabelText(t.registries.username), "bot");
    await app.user.type(dialog.getByLabelText(t.registries.password), "s3cret");
    await app.user.click(dialog.getByRole("radio", { name: t.registries.audiences.selected }));
    await app.user.type(dialog.getByLabelText(t.registries.people), "a@example.com, b@example.com");
    await app.user.click(dialog.getByRole("button", { name: t.registries.addAction }));
    expect(await dialog.findByText("Taken.")).toBeVisible();
    await app.user.click(dialog.getByRole("button", { name: t.registries.addAction }));
    expect(await screen.findByText(t.registries.added("Ours"))).toBeVisible();
    expect(sent[1]).toEqual({
      type: "ghcr",
      name: "Ours",
      description: "",
      available_to: "selected",
      ca_data: "",
      users: ["a@example.com", "b@example.com"],
      username: "bot",
      password: "s3cret",
      is_default: false,
    });
  });

  it("keep the stored password when they are changed, and are tested", async () => {
    serve([registry({ status: "healthy", reason: "", users: [] })]);
    let sent: unknown;
    server.use(
      http.put(`${API}/admin/registries/:id/`, async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json(registry());
      }),
      http.post(`${API}/admin/registries/:id/test/`, () =>
        HttpResponse.json({ status: "healthy", is_authenticated: false }),
      ),
    );
    const app = openApp("/registries");
    const menu = await screen.findByRole("button", { name: t.registries.actionsFor("GitHub") });
    await app.user.click(menu);
    await app.user.click(await screen.findByRole("menuitem", { name: t.registries.edit }));
    await app.user.click(
      within(await screen.findByRole("dialog")).getByRole("button", { name: t.ui.saveChanges }),
    );
    expect(await screen.findByText(t.registries.changed("GitHub"))).toBeVisible();
    expect(sent).not.toHaveProperty("password");
    await app.user.click(menu);
    await app.user.click(await screen.findByRole("menuitem", { name: t.registries.test }));
    expect(await screen.findByText(t.registries.workedUntested("GitHub"))).toBeVisible();
  });

  it("say which one an image would come from", async () => {
    serve([registry()]);
    server.use(
      http.get(`${API}/registries/lookup/`, () =>
        HttpResponse.json({
          found: true,
          registry: registry(),
          host: "ghcr.io",
          repository: "acme/web",
          tag: "latest",
          digest: "",
        }),
      ),
    );
    const app = openApp("/registries");
    await app.user.type(await screen.findByLabelText(t.registries.lookup), "ghcr.io/acme/web");
    expect(await screen.findByText(t.registries.lookupFound("GitHub"))).toBeVisible();
    expect(screen.getByText("acme/web")).toBeVisible();
  });
});
