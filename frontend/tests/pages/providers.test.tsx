import { screen, waitFor, within } from "@testing-library/react";
import { delay, HttpResponse, http } from "msw";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { t } from "@/texts";
import { openApp } from "../app";
import { API, failure, grant, list, server, signedIn, user } from "../server";

const github = { name: "github", display_name: "GitHub", icon: "github" };
const identity = {
  id: "7",
  provider: "github",
  display_name: "GitHub",
  icon: "github",
  email: "ines@work.example",
  name: "Ines",
  created_at: "2026-11-20T10:00:00Z",
};
const words = t.settings.linked;

function serve(identities: object[] = [], hasPassword = true): void {
  const profile = { ...user, avatar_url: "", is_email_verified: true, has_password: hasPassword };
  const times = { created_at: identity.created_at, updated_at: identity.created_at };
  server.use(
    http.get(`${API}/auth/methods/`, () =>
      HttpResponse.json({ password: { enabled: true, signup: "open" }, providers: [github] }),
    ),
    http.get(`${API}/profile/`, () => HttpResponse.json({ ...profile, ...times })),
    http.get(`${API}/profile/identities/`, () => list("identities", identities)),
    http.get(`${API}/notifications/`, () => list("notifications", [])),
  );
}

const assign = vi.fn();

beforeEach(() => {
  assign.mockReset();
  vi.spyOn(window, "location", "get").mockReturnValue({ ...window.location, assign, hash: "" } as Location);
});

afterEach(() => vi.restoreAllMocks());

function arriveWith(hash: string): void {
  vi.spyOn(window, "location", "get").mockReturnValue({ ...window.location, assign, hash } as Location);
}

describe("the sign-in page", () => {
  it.each([
    ["email_not_verified", "alert", t.auth.providerProblems.email_not_verified?.("GitHub")],
    ["sign_in_cancelled", "status", t.auth.providerProblems.sign_in_cancelled?.("GitHub")],
    ["something_new", "alert", t.auth.providerProblem("GitHub")],
  ])("says what went wrong: %s", async (code, role, sentence) => {
    serve();
    openApp(`/sign-in?error=${code}&provider=github`);
    await waitFor(() => expect(screen.getByRole(role)).toHaveTextContent(sentence ?? "-"));
  });

  it("takes along where one wanted to go, but never elsewhere", async () => {
    serve();
    const app = openApp("/sign-in?next=%2Fclusters");
    const name = t.auth.continueWith("GitHub");
    const base = "/v1/api/auth/oauth/github/authorize";
    expect(await screen.findByRole("link", { name })).toHaveAttribute("href", `${base}?next=%2Fclusters`);
    app.unmount();
    openApp("/sign-in?next=https%3A%2F%2Fevil.example");
    expect(await screen.findByRole("link", { name })).toHaveAttribute("href", `${base}?next=%2F`);
  });
});

describe("back from a provider", () => {
  it("asks a newcomer for the invite code where one is needed", async () => {
    serve();
    arriveWith("#code=once");
    const bodies: unknown[] = [];
    server.use(
      http.get(`${API}/clusters/`, () => list("clusters", [])),
      http.post(`${API}/auth/oauth/exchange/`, async ({ request }) => {
        const body = (await request.json()) as { invite_code?: string };
        bodies.push(body);
        if (body.invite_code === "RIGHT") return HttpResponse.json(grant());
        const message = body.invite_code ? "This invite code is not valid." : "You need an invite code.";
        return failure(400, message, "invalid_invite_code", { fields: { invite_code: [message] } });
      }),
    );
    const app = openApp("/oauth/callback?next=%2Fclusters");
    const field = await screen.findByLabelText(t.auth.inviteCode);
    await app.user.type(field, "WRONG");
    await app.user.click(screen.getByRole("button", { name: t.auth.register }));
    expect(await screen.findByText("This invite code is not valid.")).toBeVisible();
    await app.user.clear(field);
    await app.user.type(field, "RIGHT");
    await app.user.click(screen.getByRole("button", { name: t.auth.register }));
    await waitFor(() => expect(app.router.state.location.pathname).toBe("/clusters"));
    expect(bodies).toEqual([
      { code: "once" },
      { code: "once", invite_code: "WRONG" },
      { code: "once", invite_code: "RIGHT" },
    ]);
  });

  it("shows why a code was refused", async () => {
    serve();
    arriveWith("#code=twice");
    server.use(http.post(`${API}/auth/oauth/exchange/`, () => failure(400, "Used already.", "invalid_code")));
    openApp("/oauth/callback");
    expect(await screen.findByRole("alert")).toHaveTextContent("Used already.");
    expect(screen.getByRole("link", { name: t.auth.backToSignIn })).toBeVisible();
  });
});

describe("linked accounts", () => {
  it("takes the password before it leaves for the provider", async () => {
    signedIn();
    serve();
    server.use(
      http.post(`${API}/profile/identities/depart/`, async ({ request }) => {
        const body = (await request.json()) as { provider: string; current_password: string };
        return body.current_password === "password123"
          ? HttpResponse.json({ url: `https://${body.provider}.example/authorize` })
          : failure(400, "Wrong.", "wrong_password", { fields: { current_password: ["Wrong."] } });
      }),
    );
    const app = openApp("/settings/linked-accounts");
    expect(await screen.findByText(words.empty)).toBeVisible();
    await app.user.click(await screen.findByRole("button", { name: words.linkOf("GitHub") }));
    const dialog = within(await screen.findByRole("dialog"));
    const password = dialog.getByLabelText(t.settings.password.current);
    await app.user.type(password, "nope");
    await app.user.click(dialog.getByRole("button", { name: t.auth.continueWith("GitHub") }));
    expect(await dialog.findByText("Wrong.")).toBeVisible();
    expect(assign).not.toHaveBeenCalled();
    await app.user.clear(password);
    await app.user.type(password, "password123");
    await app.user.click(dialog.getByRole("button", { name: t.auth.continueWith("GitHub") }));
    await waitFor(() => expect(assign).toHaveBeenCalledWith("https://github.example/authorize"));
  });

  it("links what came back, once, and forgets the code", async () => {
    signedIn();
    serve();
    arriveWith("#code=once");
    const bodies: unknown[] = [];
    let rows: object[] = [];
    server.use(
      // What was asked for before the link is made is answered after it, as it was.
      http.get(`${API}/profile/identities/`, async () => {
        const asked = rows;
        await delay(80);
        return list("identities", asked);
      }),
      http.post(`${API}/profile/identities/`, async ({ request }) => {
        bodies.push(await request.json());
        await delay(20);
        rows = [identity];
        return HttpResponse.json(identity, { status: 201 });
      }),
    );
    const app = openApp("/settings/linked-accounts#code=once");
    expect(await screen.findByText(words.done("GitHub"))).toBeVisible();
    expect(await screen.findByText(/ines@work.example/)).toBeVisible();
    expect(bodies).toEqual([{ code: "once" }]);
    expect(app.router.state.location.hash).toBe("");
    expect(screen.queryByRole("button", { name: words.linkOf("GitHub") })).toBeNull();
  });

  it("says why it was not linked", async () => {
    signedIn();
    serve([identity]);
    openApp("/settings/linked-accounts?error=identity_taken&provider=github");
    expect(await screen.findByRole("alert")).toHaveTextContent(/already linked to another account/);
  });

  it("asks before it unlinks, and shows a refusal", async () => {
    signedIn();
    serve([identity], false);
    server.use(
      http.delete(`${API}/profile/identities/7/`, () =>
        failure(409, "It is your only way to sign in.", "last_sign_in"),
      ),
    );
    const app = openApp("/settings/linked-accounts");
    const name = words.unlinkOf("GitHub", "ines@work.example");
    await app.user.click(await screen.findByRole("button", { name }));
    const dialog = within(await screen.findByRole("dialog"));
    await app.user.click(dialog.getByRole("button", { name: words.unlink }));
    expect(await screen.findByText("It is your only way to sign in.")).toBeVisible();
  });
});

describe("the password of whoever has none", () => {
  it("is chosen with a link", async () => {
    signedIn();
    serve([identity], false);
    let email: unknown;
    server.use(
      http.post(`${API}/auth/password/forgot/`, async ({ request }) => {
        email = ((await request.json()) as { email: string }).email;
        return HttpResponse.json({ message: "A link is on its way." }, { status: 202 });
      }),
    );
    const app = openApp("/settings/password");
    await app.user.click(await screen.findByRole("button", { name: t.settings.password.getLink }));
    expect(await screen.findByText("A link is on its way.")).toBeVisible();
    expect(email).toBe(user.email);
    expect(screen.queryByLabelText(t.settings.password.current)).toBeNull();
  });
});
