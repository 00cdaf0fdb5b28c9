/** `fetch` with the bearer of the session: renews it in time, and once more when the server refuses it. */
import { currentToken, ensureSession, renewSession } from "./session";

const PUBLIC = [
  "/auth/login",
  "/auth/register",
  "/auth/refresh",
  "/auth/methods",
  "/auth/password/",
  "/auth/oauth/",
  "/auth/email/verify/",
];

function isPublic(url: string): boolean {
  const path = new URL(url, window.location.origin).pathname.replace(/^\/v1\/api/, "");
  return PUBLIC.some((prefix) => path.startsWith(prefix));
}

export async function authorisedFetch(input: Request): Promise<Response> {
  if (isPublic(input.url)) {
    const request = new Request(input);
    request.headers.set("X-Sailcloth-Browser", "1");
    return fetch(request);
  }
  await ensureSession();
  const used = currentToken();
  // A body can be read once only; the copy is for the second attempt.
  const response = await fetch(withToken(input.clone(), used));
  if (response.status !== 401) return response;
  if (!(await renewSession(used))) return response;
  return fetch(withToken(input, currentToken()));
}

function withToken(request: Request, token: string | null): Request {
  if (token) request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}
