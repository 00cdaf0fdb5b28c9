import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { accept } from "@/auth/session";
import { t } from "@/texts";
import { API, cluster, failure, grant, list, server } from "../../tests/server";
import { api, call, callWithEtag } from "./client";
import { ApiError, messageOf } from "./errors";

const clusters = `${API}/clusters/`;

describe("the client", () => {
  it("sends the bearer and gives the data", async () => {
    accept(grant("mine"));
    let asked: Request | undefined;
    server.use(
      http.get(clusters, ({ request }) => {
        asked = request;
        return list("clusters", [cluster()]);
      }),
    );
    const answer = await call(api.GET("/v1/api/clusters/", { params: { query: { search: "prod" } } }));
    expect(answer.clusters[0]?.name).toBe("production");
    expect(asked?.headers.get("Authorization")).toBe("Bearer mine");
    expect(new URL(asked?.url ?? "").searchParams.get("search")).toBe("prod");
  });

  it("turns an answer of failure into one typed error", async () => {
    accept(grant());
    const body = { fields: { name: ["Taken."] }, details: { hint: "other" } };
    server.use(http.post(clusters, () => failure(409, "Taken.", "cluster_name_taken", body)));
    const pending = call(
      api.POST("/v1/api/clusters/", { body: { name: "a", auth_type: "bearer_token", is_default: false } }),
    );
    const error = await pending.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 409, code: "cluster_name_taken", message: "Taken.", ...body });
    expect((error as ApiError).field("name")).toBe("Taken.");
  });

  it("makes a sentence of an answer that is not ours", async () => {
    accept(grant());
    server.use(http.get(clusters, () => new HttpResponse("<h1>Bad gateway</h1>", { status: 502 })));
    const error = await call(api.GET("/v1/api/clusters/")).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ status: 502, code: "http_502" });
    expect(messageOf(error)).toBe(t.errors.unexpected(502));
  });

  it("says when the server cannot be reached", async () => {
    accept(grant());
    server.use(http.get(clusters, () => HttpResponse.error()));
    await expect(call(api.GET("/v1/api/clusters/"))).rejects.toMatchObject({ status: 0, code: "offline" });
  });

  it("reads how long to wait", async () => {
    accept(grant());
    server.use(
      http.get(clusters, () =>
        HttpResponse.json(
          { error: "Slow down.", code: "too_many_requests" },
          { status: 429, headers: { "Retry-After": "7" } },
        ),
      ),
    );
    await expect(call(api.GET("/v1/api/clusters/"))).rejects.toMatchObject({ retryAfter: 7 });
  });

  it("hands the ETag out with the data", async () => {
    accept(grant());
    server.use(
      http.get(`${clusters}:name/`, () => HttpResponse.json(cluster(), { headers: { ETag: '"v3"' } })),
    );
    const answer = await callWithEtag(
      api.GET("/v1/api/clusters/{name}/", { params: { path: { name: "production" } } }),
    );
    expect(answer).toMatchObject({ etag: '"v3"', data: { name: "production" } });
  });
});
