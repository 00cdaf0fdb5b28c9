import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { useSession } from "@/auth/session";
import { t } from "@/texts";
import { openApp } from "../app";
import { API, failure, list, server, signedIn, user } from "../server";

const profile = {
  ...user,
  avatar_url: "",
  is_email_verified: true,
  created_at: "2026-11-01T10:00:00Z",
  updated_at: "2026-11-01T10:00:00Z",
};

describe("the profile", () => {
  it("changes a name with If-Match, and the sidebar follows", async () => {
    signedIn();
    let sent: { body: unknown; match: string | null } | undefined;
    server.use(
      http.get(`${API}/profile/`, () => HttpResponse.json(profile, { headers: { ETag: '"1"' } })),
      http.put(`${API}/profile/`, async ({ request }) => {
        sent = { body: await request.json(), match: request.headers.get("If-Match") };
        return HttpResponse.json({ ...profile, name: "Ines O." }, { headers: { ETag: '"2"' } });
      }),
    );
    const app = openApp("/settings");
    const name = await screen.findByLabelText(t.settings.profile.name);
    await app.user.clear(name);
    await app.user.type(name, "Ines O.");
    await app.user.click(screen.getByRole("button", { name: t.ui.saveChanges }));
    expect(await screen.findByText(t.ui.saved)).toBeVisible();
    expect(sent).toEqual({ body: { name: "Ines O." }, match: '"1"' });
    expect(useSession.getState().user?.name).toBe("Ines O.");
    expect(app.router.state.location.pathname).toBe("/settings/profile");
  });

  it("asks for the password before it takes a new address", async () => {
    signedIn();
    let body: unknown;
    server.use(
      http.get(`${API}/profile/`, () => HttpResponse.json(profile, { headers: { ETag: '"1"' } })),
      http.put(`${API}/profile/`, async ({ request }) => {
        body = await request.json();
        return failure(400, "current_password: Wrong.", "invalid_input", {
          fields: { current_password: ["Wrong."] },
        });
      }),
    );
    const app = openApp("/settings/profile");
    const email = await screen.findByLabelText(t.settings.profile.email);
    expect(screen.queryByLabelText(t.settings.profile.currentPassword)).toBeNull();
    await app.user.clear(email);
    await app.user.type(email, "new@example.com");
    await app.user.type(screen.getByLabelText(t.settings.profile.currentPassword), "nope");
    await app.user.click(screen.getByRole("button", { name: t.ui.saveChanges }));
    expect(await screen.findByText("Wrong.")).toBeVisible();
    expect(body).toEqual({ name: user.name, email: "new@example.com", current_password: "nope" });
  });

  it("loads again when someone else was first", async () => {
    signedIn();
    let reads = 0;
    server.use(
      http.get(`${API}/profile/`, () => {
        reads += 1;
        return HttpResponse.json({ ...profile, name: `Name ${reads}` }, { headers: { ETag: `"${reads}"` } });
      }),
      http.put(`${API}/profile/`, () => failure(412, "Someone else was first.", "precondition_failed")),
    );
    const app = openApp("/settings/profile");
    await app.user.type(await screen.findByLabelText(t.settings.profile.name), "!");
    await app.user.click(screen.getByRole("button", { name: t.ui.saveChanges }));
    expect(await screen.findByText(t.settings.profile.changedElsewhere)).toBeVisible();
    await waitFor(() => expect(screen.getByLabelText(t.settings.profile.name)).toHaveValue("Name 2"));
  });
});

describe("password and sessions", () => {
  it("changes the password", async () => {
    signedIn();
    let body: unknown;
    server.use(
      http.get(`${API}/profile/`, () => HttpResponse.json(profile, { headers: { ETag: '"1"' } })),
      http.put(`${API}/profile/password/`, async ({ request }) => {
        body = await request.json();
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const app = openApp("/settings/password");
    await app.user.type(await screen.findByLabelText(t.settings.password.current), "password123");
    await app.user.type(screen.getByLabelText(t.settings.password.next), "password456");
    await app.user.type(screen.getByLabelText(t.settings.password.again), "password456");
    await app.user.click(screen.getByRole("button", { name: t.settings.password.change }));
    expect(await screen.findByText(t.settings.password.changed)).toBeVisible();
    expect(body).toEqual({ current_password: "password123", new_password: "password456" });
    expect(screen.getByLabelText(t.settings.password.current)).toHaveValue("");
  });

  it("lists where one is signed in, and ends a session", async () => {
    signedIn();
    const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    const session = (id: string, more: object) => ({
      id,
      created_at: "2026-11-20T10:00:00Z",
      last_used_at: "2026-11-20T10:00:00Z",
      expires_at: "2026-12-20T10:00:00Z",
      user_agent: firefox,
      ip: "192.0.2.7",
      is_current: false,
      ...more,
    });
    let sessions = [session("s1", { is_current: true }), session("s2", { user_agent: "curl/8.5" })];
    server.use(
      http.get(`${API}/auth/sessions/`, () => list("sessions", sessions)),
      http.delete(`${API}/auth/sessions/:id/`, ({ params }) => {
        sessions = sessions.filter((one) => one.id !== params.id);
        return HttpResponse.json({ message: "The session has ended." });
      }),
    );
    const app = openApp("/settings/sessions");
    const own = (await screen.findByText("Firefox on Linux")).closest("li");
    expect(within(own as HTMLElement).getByText(t.settings.sessions.current)).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: t.settings.sessions.endOf("curl/8.5") }));
    await waitFor(() => expect(screen.queryByText("curl/8.5")).toBeNull());
    expect(screen.getByText("Firefox on Linux")).toBeVisible();
  });
});

describe("the server's settings", () => {
  it("are for administrators", async () => {
    signedIn();
    openApp("/settings/server");
    expect(await screen.findByText(t.settings.server.adminsOnly)).toBeVisible();
    expect(screen.queryByRole("link", { name: t.settings.server.nav })).toBeNull();
  });

  it("make an invite code, and ask before they replace one", async () => {
    signedIn({ ...user, role: "admin" });
    let code: string | null = null;
    let count = 0;
    server.use(
      http.get(`${API}/settings/invite-code/`, () => HttpResponse.json({ invite_code: code })),
      http.get(`${API}/settings/regenerate-setting/`, () => HttpResponse.json({ auto_regenerate: false })),
      http.get(`${API}/admin/password-resets/`, () => list("password_resets", [])),
      http.post(`${API}/settings/generate-invite-code/`, () => {
        count += 1;
        code = `CODE-${count}`;
        return HttpResponse.json({ invite_code: code });
      }),
    );
    const app = openApp("/settings/server");
    await app.user.click(await screen.findByRole("button", { name: t.settings.server.generate }));
    expect(await screen.findByText("CODE-1")).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: t.settings.server.replace }));
    const dialog = within(await screen.findByRole("dialog"));
    await app.user.click(dialog.getByRole("button", { name: t.settings.server.replace }));
    expect(await screen.findByText("CODE-2")).toBeVisible();
    expect(screen.getByText(t.settings.server.resetsEmpty)).toBeVisible();
  });
});
