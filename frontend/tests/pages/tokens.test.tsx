import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import { t } from "@/texts";
import { openApp } from "../app";
import { API, failure, list, server, signedIn } from "../server";

const words = t.settings.tokens;
const SECRET = "slc_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

const token = (id: string, more: object = {}) => ({
  id,
  name: `Token ${id}`,
  hint: "slc_012345",
  scopes: ["read"],
  created_at: "2026-11-20T10:00:00Z",
  expires_at: "2999-01-01T00:00:00Z",
  last_used_at: null,
  last_used_ip: "",
  is_expired: false,
  ...more,
});

let tokens: ReturnType<typeof token>[];

beforeEach(() => {
  signedIn();
  tokens = [];
  server.use(http.get(`${API}/tokens/`, () => list("tokens", tokens)));
});

describe("access tokens", () => {
  it("are made with what they may do, and shown once", async () => {
    let sent: unknown;
    server.use(
      http.post(`${API}/tokens/`, async ({ request }) => {
        sent = await request.json();
        const made = token("t1", { name: "From CI", scopes: ["read", "deploy"] });
        tokens = [made];
        return HttpResponse.json({ ...made, token: SECRET }, { status: 201 });
      }),
    );
    const app = openApp("/settings/tokens");
    expect(await screen.findByText(words.empty)).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: words.make }));
    await app.user.type(await screen.findByLabelText(words.name), "From CI");
    await app.user.click(screen.getByRole("checkbox", { name: /^Deploy/ }));
    expect(screen.getByRole("checkbox", { name: /^Look/ })).toBeDisabled();
    await app.user.click(screen.getByRole("button", { name: words.makeAction }));
    const shown = await screen.findByRole("region", { name: words.madeTitle("From CI") });
    expect(sent).toEqual({ name: "From CI", scopes: ["read", "deploy"], expires_in_days: 90 });
    expect(within(shown).getByText(SECRET)).toBeVisible();
    await app.user.click(within(shown).getByRole("button", { name: words.copy }));
    expect(await navigator.clipboard.readText()).toBe(SECRET);
    await app.user.click(within(shown).getByRole("button", { name: words.haveIt }));
    expect(screen.queryByText(SECRET)).toBeNull();
    const row = (await screen.findByText("From CI")).closest("li") as HTMLElement;
    expect(within(row).getByText(words.scopeNames.deploy)).toBeVisible();
    expect(within(row).getByText(new RegExp(words.neverUsed))).toBeVisible();
  });

  it("need a name, and say what the server refuses", async () => {
    server.use(
      http.post(`${API}/tokens/`, () =>
        failure(409, "You have 20 tokens, which is the most.", "too_many_tokens"),
      ),
    );
    const app = openApp("/settings/tokens");
    await app.user.click(await screen.findByRole("button", { name: words.make }));
    await app.user.click(await screen.findByRole("button", { name: words.makeAction }));
    expect(await screen.findByText(t.errors.required)).toBeVisible();
    await app.user.type(screen.getByLabelText(words.name), "One more");
    await app.user.click(screen.getByRole("button", { name: words.makeAction }));
    expect(await screen.findByText("You have 20 tokens, which is the most.")).toBeVisible();
  });

  it("are revoked after a question", async () => {
    tokens = [token("t1"), token("t2", { is_expired: true, expires_at: "2026-01-01T00:00:00Z" })];
    const ended: unknown[] = [];
    server.use(
      http.delete(`${API}/tokens/:id/`, ({ params }) => {
        ended.push(params.id);
        tokens = tokens.filter((one) => one.id !== params.id);
        return HttpResponse.json({ message: "The token is revoked." });
      }),
    );
    const app = openApp("/settings/tokens");
    const expired = (await screen.findByText("Token t2")).closest("li") as HTMLElement;
    expect(within(expired).getByText(words.expired)).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: words.revokeOf("Token t1") }));
    expect(await screen.findByText(words.revokeText)).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: t.ui.cancel }));
    expect(ended).toEqual([]);
    await app.user.click(screen.getByRole("button", { name: words.revokeOf("Token t1") }));
    await app.user.click(await screen.findByRole("button", { name: words.revokeAction }));
    await waitFor(() => expect(screen.queryByText("Token t1")).toBeNull());
    expect(ended).toEqual(["t1"]);
    expect(screen.getByText("Token t2")).toBeVisible();
  });

  it("say why they cannot be shown, and try again", async () => {
    let fails = true;
    server.use(
      http.get(`${API}/tokens/`, () =>
        fails ? failure(500, "It broke.", "internal_error") : list("tokens", []),
      ),
    );
    const app = openApp("/settings/tokens");
    expect(await screen.findByText("It broke.")).toBeVisible();
    fails = false;
    await app.user.click(screen.getByRole("button", { name: t.ui.tryAgain }));
    expect(await screen.findByText(words.empty)).toBeVisible();
  });
});
