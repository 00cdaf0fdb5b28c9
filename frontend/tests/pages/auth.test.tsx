import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { useSession } from "@/auth/session";
import { t } from "@/texts";
import { openApp } from "../app";
import { API, cluster, failure, grant, list, server, signedIn, user } from "../server";

function methods(signup: "open" | "invite" | "closed" = "open", providers: object[] = []): void {
  server.use(
    http.get(`${API}/auth/methods/`, () =>
      HttpResponse.json({ password: { enabled: true, signup }, providers }),
    ),
  );
}

const emptyLists = () =>
  server.use(
    http.get(`${API}/workflows/`, () => list("workflows", [])),
    http.get(`${API}/clusters/`, () => list("clusters", [cluster()])),
  );

describe("signing in", () => {
  it("leads to where one wanted to go", async () => {
    methods();
    emptyLists();
    server.use(http.post(`${API}/auth/login/`, () => HttpResponse.json(grant())));
    const app = openApp("/clusters");
    await app.user.type(await screen.findByLabelText(t.auth.email), user.email);
    await app.user.type(screen.getByLabelText(t.auth.password), "password123");
    await app.user.click(screen.getByRole("button", { name: t.auth.signIn }));
    expect(await screen.findByRole("heading", { name: t.clusters.title })).toBeVisible();
    expect(app.router.state.location.pathname).toBe("/clusters");
    expect(document.title).toBe("Clusters · Sailcloth");
  });

  it("says what the server says of a wrong password", async () => {
    methods();
    server.use(
      http.post(`${API}/auth/login/`, () => failure(401, "Invalid email or password", "invalid_credentials")),
    );
    const app = openApp("/sign-in");
    await app.user.type(await screen.findByLabelText(t.auth.email), user.email);
    await app.user.type(screen.getByLabelText(t.auth.password), "nope-nope");
    await app.user.click(screen.getByRole("button", { name: t.auth.signIn }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Invalid email or password");
    expect(useSession.getState().status).toBe("anonymous");
  });

  it("asks for both before it asks the server", async () => {
    methods();
    const app = openApp("/sign-in");
    await app.user.click(await screen.findByRole("button", { name: t.auth.signIn }));
    expect(await screen.findAllByText(t.errors.required)).toHaveLength(2);
    expect(screen.getByLabelText(t.auth.email)).toHaveAttribute("aria-invalid", "true");
  });

  it("offers the providers of this server", async () => {
    methods("closed", [{ name: "github", display_name: "GitHub", icon: "github" }]);
    openApp("/sign-in");
    const link = await screen.findByRole("link", { name: t.auth.continueWith("GitHub") });
    expect(link).toHaveAttribute("href", "/v1/api/auth/oauth/github/authorize");
    expect(screen.queryByText(t.auth.register)).toBeNull();
  });

  it("is passed by when one is signed in already", async () => {
    signedIn();
    emptyLists();
    const app = openApp("/sign-in?next=%2Fclusters");
    expect(await screen.findByRole("heading", { name: t.clusters.title })).toBeVisible();
    expect(app.router.state.location.pathname).toBe("/clusters");
  });

  it("says when the server cannot be reached, and tries again", async () => {
    let isUp = false;
    server.use(
      http.get(`${API}/auth/methods/`, () =>
        isUp
          ? HttpResponse.json({ password: { enabled: true, signup: "open" }, providers: [] })
          : HttpResponse.error(),
      ),
    );
    const app = openApp("/sign-in");
    expect(await screen.findByRole("alert")).toHaveTextContent(t.errors.offline);
    isUp = true;
    await app.user.click(screen.getByRole("button", { name: t.ui.tryAgain }));
    expect(await screen.findByLabelText(t.auth.email)).toBeVisible();
  });
});

describe("signing up", () => {
  it("asks for an invite code where one is needed, and puts refusals on their field", async () => {
    methods("invite");
    const bodies: unknown[] = [];
    server.use(
      http.post(`${API}/auth/register/`, async ({ request }) => {
        bodies.push(await request.json());
        return failure(400, "invite_code: This code does not hold.", "invalid_input", {
          fields: { invite_code: ["This code does not hold."] },
        });
      }),
    );
    const app = openApp("/register");
    await app.user.type(await screen.findByLabelText(t.auth.name), "Ines");
    await app.user.type(screen.getByLabelText(t.auth.email), user.email);
    await app.user.type(screen.getByLabelText(t.auth.password), "password123");
    await app.user.type(screen.getByLabelText(t.auth.inviteCode), "abc");
    await app.user.click(screen.getByRole("button", { name: t.auth.register }));
    expect(await screen.findByText("This code does not hold.")).toBeVisible();
    expect(screen.getByLabelText(t.auth.inviteCode)).toHaveAttribute("aria-invalid", "true");
    expect(bodies).toEqual([
      { name: "Ines", email: user.email, password: "password123", invite_code: "abc" },
    ]);
  });

  it("is closed where the server says so", async () => {
    methods("closed");
    openApp("/register");
    expect(await screen.findByText(t.auth.closed)).toBeVisible();
    expect(screen.queryByLabelText(t.auth.password)).toBeNull();
  });
});

describe("a forgotten password", () => {
  it("asks for a link", async () => {
    let email: unknown;
    server.use(
      http.post(`${API}/auth/password/forgot/`, async ({ request }) => {
        email = ((await request.json()) as { email: string }).email;
        return HttpResponse.json({ message: "…" }, { status: 202 });
      }),
    );
    const app = openApp("/forgot-password");
    await app.user.type(await screen.findByLabelText(t.auth.email), user.email);
    await app.user.click(screen.getByRole("button", { name: t.auth.sendLink }));
    expect(await screen.findByRole("heading", { name: t.auth.sentTitle })).toBeVisible();
    expect(email).toBe(user.email);
  });

  it("sets a new one with the code of the link, which stands behind #", async () => {
    methods();
    window.location.hash = "#code=the-code";
    const bodies: unknown[] = [];
    server.use(
      http.post(`${API}/auth/password/reset/`, async ({ request }) => {
        bodies.push(await request.json());
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const app = openApp("/reset-password");
    await app.user.type(await screen.findByLabelText(t.auth.newPassword), "password123");
    await app.user.type(screen.getByLabelText(t.auth.repeatPassword), "password124");
    await app.user.click(screen.getByRole("button", { name: t.auth.resetAction }));
    expect(await screen.findByText(t.errors.passwordMatch)).toBeVisible();
    await app.user.type(screen.getByLabelText(t.auth.repeatPassword), "{Backspace}3");
    await app.user.click(screen.getByRole("button", { name: t.auth.resetAction }));
    await waitFor(() => expect(app.router.state.location.pathname).toBe("/sign-in"));
    expect(bodies).toEqual([{ code: "the-code", password: "password123" }]);
    window.location.hash = "";
  });
});

describe("the frame", () => {
  it("signs out, and shows nothing of the session any more", async () => {
    signedIn();
    methods();
    emptyLists();
    server.use(http.post(`${API}/auth/logout/`, () => new HttpResponse(null, { status: 204 })));
    const app = openApp("/clusters");
    await screen.findByText("production");
    await app.user.click(screen.getByRole("button", { name: new RegExp(`${t.nav.account}: *${user.name}`) }));
    await app.user.click(await screen.findByRole("menuitem", { name: t.nav.signOut }));
    expect(await screen.findByRole("heading", { name: t.auth.signInTitle })).toBeVisible();
    expect(screen.queryByText("production")).toBeNull();
    expect(app.router.state.location.pathname).toBe("/sign-in");
  });

  it("keeps the choice of theme", async () => {
    signedIn();
    emptyLists();
    const app = openApp("/clusters");
    await app.user.click(
      await screen.findByRole("button", { name: new RegExp(`${t.nav.account}: *${user.name}`) }),
    );
    await app.user.click(await screen.findByRole("menuitem", { name: t.theme.dark }));
    expect(document.documentElement.dataset.theme).toBe("dark");
    expect(localStorage.getItem("sailcloth.theme")).toBe("dark");
  });

  it("has a page for addresses that lead nowhere", async () => {
    const app = openApp("/nowhere");
    expect(await screen.findByRole("heading", { name: t.errors.notFoundTitle })).toBeVisible();
    expect(app.router.state.location.pathname).toBe("/nowhere");
  });
});
