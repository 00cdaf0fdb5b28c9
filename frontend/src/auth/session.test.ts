import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { api, call } from "@/api";
import { API, failure, grant, server, user } from "../../tests/server";
import { accept, currentToken, ensureSession, signIn, signOut, useSession } from "./session";

const profile = { ...user, avatar_url: "", is_email_verified: true, created_at: "", updated_at: "" };

function countRefreshes(answer: (count: number) => Response | Promise<Response>) {
  const seen = { count: 0, headers: [] as Headers[] };
  server.use(
    http.post(`${API}/auth/refresh/`, ({ request }) => {
      seen.count += 1;
      seen.headers.push(request.headers);
      return answer(seen.count);
    }),
  );
  return seen;
}

describe("the session", () => {
  it("asks nothing of the server where nobody was ever signed in", async () => {
    expect(await ensureSession()).toBe(false);
    expect(useSession.getState().status).toBe("anonymous");
  });

  it("comes back from the cookie, with the header that a form of another site cannot send", async () => {
    localStorage.setItem("sailcloth.has-session", "1");
    const seen = countRefreshes(() => HttpResponse.json(grant("fresh")));
    expect(await ensureSession()).toBe(true);
    expect(currentToken()).toBe("fresh");
    expect(useSession.getState().user?.name).toBe(user.name);
    expect(seen.headers[0]?.get("X-Sailcloth-Browser")).toBe("1");
    expect(seen.headers[0]?.get("Authorization")).toBeNull();
  });

  it("is over when the cookie is refused", async () => {
    localStorage.setItem("sailcloth.has-session", "1");
    countRefreshes(() => failure(401, "The session has ended.", "session_ended"));
    expect(await ensureSession()).toBe(false);
    expect(useSession.getState().status).toBe("anonymous");
    expect(localStorage.getItem("sailcloth.has-session")).toBeNull();
  });

  it("is not over because the server is down", async () => {
    localStorage.setItem("sailcloth.has-session", "1");
    countRefreshes(() => failure(503, "Try again later.", "unavailable"));
    await expect(ensureSession()).rejects.toMatchObject({ status: 503 });
    expect(useSession.getState().status).toBe("unknown");
    expect(localStorage.getItem("sailcloth.has-session")).toBe("1");
  });

  it("renews a refused token once for all calls that were under way", async () => {
    accept(grant("old"));
    const seen = countRefreshes(() => HttpResponse.json(grant("new")));
    server.use(
      http.get(`${API}/profile/`, ({ request }) =>
        request.headers.get("Authorization") === "Bearer new"
          ? HttpResponse.json(profile)
          : failure(401, "The token does not hold.", "unauthenticated"),
      ),
    );
    const answers = await Promise.all([1, 2, 3].map(() => call(api.GET("/v1/api/profile/"))));
    expect(answers.map((answer) => answer.email)).toEqual([user.email, user.email, user.email]);
    expect(seen.count).toBe(1);
  });

  it("sends a body again with the new token", async () => {
    accept(grant("old"));
    countRefreshes(() => HttpResponse.json(grant("new")));
    const bodies: unknown[] = [];
    server.use(
      http.put(`${API}/profile/`, async ({ request }) => {
        bodies.push(await request.json());
        return request.headers.get("Authorization") === "Bearer new"
          ? HttpResponse.json(profile)
          : failure(401, "The token does not hold.", "unauthenticated");
      }),
    );
    await call(api.PUT("/v1/api/profile/", { body: { name: "Ines" } }));
    expect(bodies).toEqual([{ name: "Ines" }, { name: "Ines" }]);
  });

  it("gives the 401 on when there is no session to renew", async () => {
    accept(grant("old"));
    countRefreshes(() => failure(401, "The session has ended.", "session_ended"));
    server.use(
      http.get(`${API}/profile/`, () => failure(401, "The token does not hold.", "unauthenticated")),
    );
    await expect(call(api.GET("/v1/api/profile/"))).rejects.toMatchObject({
      status: 401,
      code: "unauthenticated",
    });
    expect(useSession.getState().status).toBe("anonymous");
  });

  it("renews a token shortly before its end", async () => {
    accept({ ...grant("old"), expires_in: 30 });
    const seen = countRefreshes(() => HttpResponse.json(grant("new")));
    server.use(http.get(`${API}/profile/`, () => HttpResponse.json(profile)));
    await call(api.GET("/v1/api/profile/"));
    expect(seen.count).toBe(1);
    expect(currentToken()).toBe("new");
  });

  it("keeps the token out of every storage", async () => {
    server.use(http.post(`${API}/auth/login/`, () => HttpResponse.json(grant("very-secret"))));
    await signIn({ email: user.email, password: "password123" });
    expect(JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie).not.toContain(
      "very-secret",
    );
  });

  it("ends on the server and here, and forgets even when the server cannot be reached", async () => {
    accept(grant("mine"));
    let bearer: string | null = null;
    server.use(
      http.post(`${API}/auth/logout/`, ({ request }) => {
        bearer = request.headers.get("Authorization");
        return new HttpResponse(null, { status: 204 });
      }),
    );
    await signOut();
    expect(bearer).toBe("Bearer mine");
    expect(currentToken()).toBeNull();

    accept(grant("mine"));
    server.use(http.post(`${API}/auth/logout/`, () => HttpResponse.error()));
    await signOut();
    expect(useSession.getState().status).toBe("anonymous");
  });
});
