/** A stand-in for the API, at the network's edge: what the product sends is what it would send to the real one. */
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import type { Schemas } from "@/api";

export const API = "*/v1/api";
// Every page of the settings asks how one can sign in, and the bell beside every page for what there is to tell.
export const server = setupServer(
  http.get(`${API}/notifications/`, () =>
    HttpResponse.json({ notifications: [], unread: 0, total: 0, page: 1, limit: 30 }),
  ),
  http.get(`${API}/auth/methods/`, () =>
    HttpResponse.json({ password: { enabled: true, signup: "open" }, providers: [] }),
  ),
);

export const user: Schemas["UserOut"] = {
  id: "u1",
  name: "Ines Okafor",
  email: "ines@example.com",
  role: "user",
};

export function grant(token = "token-1", who: Schemas["UserOut"] = user): Schemas["GrantOut"] {
  return { token, user: who, refresh_token: null, expires_in: 3600 };
}

export function failure(status: number, error: string, code = "invalid_input", more: object = {}) {
  return HttpResponse.json({ error, code, ...more }, { status });
}

/** Answers the refresh as for someone who is signed in. */
export function signedIn(who: Schemas["UserOut"] = user): void {
  localStorage.setItem("sailcloth.has-session", "1");
  server.use(http.post(`${API}/auth/refresh/`, () => HttpResponse.json(grant("token-1", who))));
}

export function workflow(more: Partial<Schemas["WorkflowItemOut"]> = {}): Schemas["WorkflowItemOut"] {
  return {
    id: "w1",
    name: "Shop",
    description: "",
    slug: "shop",
    status: "draft",
    tags: [],
    cluster: null,
    cluster_id: null,
    namespace: "",
    node_count: 3,
    edge_count: 2,
    latest_version: 0,
    role: "owner",
    created_at: "2026-11-20T10:00:00Z",
    updated_at: "2026-11-20T10:00:00Z",
    ...more,
  };
}

export function cluster(more: Partial<Schemas["ClusterOut"]> = {}): Schemas["ClusterOut"] {
  return {
    id: "c1",
    name: "production",
    display_name: "",
    description: "",
    labels: {},
    server: "https://cluster.example.com:6443",
    access: "direct",
    auth_type: "bearer_token",
    ca_data: "",
    fingerprint: "",
    is_default: false,
    role: "owner",
    namespaces: [],
    shared_by: "",
    refreshed_at: null,
    status: "connected",
    reason: "",
    error: "",
    presented_certificate: null,
    version: "v1.34.0",
    node_count: 3,
    checked_at: "2026-11-20T10:00:00Z",
    created_at: "2026-11-20T10:00:00Z",
    updated_at: "2026-11-20T10:00:00Z",
    ...more,
  };
}

/** One page of a list, under its plural. */
export function list<Item>(plural: string, items: readonly Item[], more: object = {}) {
  return HttpResponse.json({ [plural]: items, total: items.length, page: 1, limit: 20, ...more });
}
