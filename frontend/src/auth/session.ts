/**
 * Who is signed in, and the token of this tab. The token lives in memory only; what outlives the page is an HttpOnly
 * cookie that no script can read. Knows nothing of pages.
 */
import { create } from "zustand";
import { ApiError } from "@/api/errors";
import type { components } from "@/api/schema";

export type User = components["schemas"]["UserOut"];
type Grant = components["schemas"]["GrantOut"];

interface SessionState {
  /** `unknown` until the cookie was tried. */
  status: "unknown" | "anonymous" | "signed-in";
  user: User | null;
}

export const useSession = create<SessionState>(() => ({ status: "unknown", user: null }));

let token: string | null = null;
let expiresAt = 0;
let pending: Promise<boolean> | null = null;
// Grows when the session changes hands, so that an answer to an older question is dropped.
let generation = 0;

/** How long before its end a token is replaced, in milliseconds. */
const MARGIN = 60_000;
const AUTH = "/v1/api/auth";

/**
 * Whether this browser has a session at all: no secret, only a note that saves the visitor without one a refused
 * request. Where nothing can be noted, the cookie is tried.
 */
const note = {
  key: "sailcloth.has-session",
  get isSet(): boolean {
    try {
      return localStorage.getItem(note.key) !== null;
    } catch {
      return true;
    }
  },
  put(hasSession: boolean): void {
    try {
      if (hasSession) localStorage.setItem(note.key, "1");
      else localStorage.removeItem(note.key);
    } catch {
      // Then every visit asks.
    }
  },
};

type News = "signed-in" | "signed-out";
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("sailcloth.session");

export function currentToken(): string | null {
  return token;
}

/** Takes what a sign-in or a refresh brought. */
export function accept(grant: Grant): void {
  token = grant.token;
  expiresAt = Date.now() + grant.expires_in * 1000;
  note.put(true);
  useSession.setState({ status: "signed-in", user: grant.user });
}

function forget(): void {
  generation += 1;
  token = null;
  expiresAt = 0;
  note.put(false);
  useSession.setState({ status: "anonymous", user: null });
}

/** Shows a change of one's own name or address at once. */
export function updateUser(user: Pick<User, "id" | "name" | "email" | "role">): void {
  useSession.setState({ user: { id: user.id, name: user.name, email: user.email, role: user.role } });
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  try {
    return await fetch(new URL(AUTH + path, window.location.origin), {
      method: "POST",
      credentials: "same-origin",
      headers: {
        // Without this header the server neither sets nor reads the cookie.
        "X-Sailcloth-Browser": "1",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw ApiError.offline();
  }
}

async function grantFrom(response: Response): Promise<Grant> {
  if (!response.ok) throw await ApiError.fromResponse(response);
  return (await response.json()) as Grant;
}

async function begin(path: string, body: unknown): Promise<void> {
  const grant = await grantFrom(await post(path, body));
  generation += 1;
  accept(grant);
  channel?.postMessage("signed-in" satisfies News);
}

export function signIn(input: { email: string; password: string }): Promise<void> {
  return begin("/login/", input);
}

export function register(input: {
  email: string;
  password: string;
  name: string;
  invite_code?: string;
}): Promise<void> {
  return begin("/register/", input);
}

/** Trades the one-time code of a sign-in by a provider. */
export function exchange(code: string, inviteCode = ""): Promise<void> {
  return begin("/oauth/exchange/", { code, ...(inviteCode ? { invite_code: inviteCode } : {}) });
}

/** One refresh at a time in this tab and, where the browser can, over all tabs. */
function refreshOnce(): Promise<boolean> {
  if (pending) return pending;
  const run = async (): Promise<boolean> =>
    navigator.locks ? await navigator.locks.request("sailcloth.refresh", () => refreshNow()) : refreshNow();
  pending = run().finally(() => {
    pending = null;
  });
  return pending;
}

async function refreshNow(): Promise<boolean> {
  const asked = generation;
  const response = await post("/refresh/", undefined);
  if (asked !== generation) return token !== null;
  if (response.ok) {
    accept((await response.json()) as Grant);
    return true;
  }
  if (response.status === 401 || response.status === 400 || response.status === 403) {
    forget();
    return false;
  }
  throw await ApiError.fromResponse(response);
}

/** Makes sure that there is a token that still holds. False: nobody is signed in. */
export async function ensureSession(): Promise<boolean> {
  if (token && Date.now() < expiresAt - MARGIN) return true;
  if (useSession.getState().status === "anonymous") return false;
  if (!token && !note.isSet) {
    forget();
    return false;
  }
  return refreshOnce();
}

/** After a 401: a new token, unless another call already got one. False: the session is over. */
export async function renewSession(refused: string | null): Promise<boolean> {
  if (token && token !== refused) return true;
  return refreshOnce();
}

/** Ends the session here and in all other tabs. */
export async function signOut(): Promise<void> {
  try {
    // An expired token could not end its session, and the cookie would bring it back.
    if (await ensureSession()) await post("/logout/", undefined, { Authorization: `Bearer ${token}` });
  } catch {
    // Offline: this browser forgets all the same.
  } finally {
    forget();
    channel?.postMessage("signed-out" satisfies News);
  }
}

/** Hears of sign-ins and sign-outs in other tabs. Returns how to stop. */
export function followOtherTabs(): () => void {
  const listen = (event: MessageEvent<News>) => {
    if (event.data === "signed-out") forget();
    else if (useSession.getState().status === "anonymous") {
      useSession.setState({ status: "unknown" });
      void ensureSession().catch(() => undefined);
    } else {
      // Another person may have signed in: the old token must not go on.
      token = null;
      void refreshOnce().catch(() => undefined);
    }
  };
  channel?.addEventListener("message", listen);
  return () => channel?.removeEventListener("message", listen);
}

/** For tests: as if the page had just been opened. */
export function resetSession(): void {
  generation += 1;
  token = null;
  expiresAt = 0;
  pending = null;
  useSession.setState({ status: "unknown", user: null });
}
