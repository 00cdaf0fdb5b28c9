import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import type { Schemas } from "@/api";
import { t } from "@/texts";
import { openApp } from "../app";
import { API, failure, list, server, signedIn, workflow } from "../server";

const SOURCE = "services:\n  web:\n    image: nginx:1.27\n    ports: ['8080:80']\n    gpus: all\n";
const EXPOSURE: Schemas["ChoiceOut"] = {
  id: "service.web.exposure",
  text: "Who can reach web",
  value: "node-port",
  kind: "option",
  options: [
    { value: "node-port", label: "A port of every node" },
    { value: "ingress", label: "By host and path" },
  ],
};

function row(path: string, line: number | null, more: Partial<Schemas["RowOut"]> = {}): Schemas["RowOut"] {
  const key = path.split(".").at(-1) ?? path;
  const file = line === null ? null : "compose.yaml";
  return { path, key, verdict: "mapped", target: "", message: "", choices: [], file, line, ...more };
}

function analysis(more: Partial<Schemas["AnalysisOut"]> = {}): Schemas["AnalysisOut"] {
  return {
    kind: "compose",
    name: "shop",
    files: ["compose.yaml"],
    profiles: [],
    active_profiles: [],
    graph: {
      nodes: [{ id: "web", type: "deployment", data: { name: "web" }, position: { x: 0, y: 0 } }],
      edges: [],
    },
    report: [
      row("services.web.image", 3, { target: "deployment/web.image", message: "The image as it is." }),
      row("services.web.ports.0", 4, { verdict: "approximated", choices: [EXPOSURE] }),
      row("services.web.gpus", 5, { verdict: "refused", message: "No node is known to have one." }),
    ],
    counts: { kept: 0, mapped: 1, approximated: 1, refused: 1 },
    questions: [],
    warnings: [],
    ...more,
  };
}

function session(more: Partial<Schemas["ImportOut"]> = {}): Schemas["ImportOut"] {
  return {
    id: "i1",
    import_id: "i1",
    status: "ready",
    source: { type: "upload", name: "compose.yaml" },
    error: "",
    created_at: "2026-11-20T10:00:00Z",
    updated_at: "2026-11-20T10:00:00Z",
    expires_at: "2026-11-21T10:00:00Z",
    analysis: analysis(),
    ...more,
  };
}

function serve(found = session(), recent: Schemas["ImportSummaryOut"][] = []): void {
  server.use(
    http.get(`${API}/import/`, () => list("imports", recent)),
    http.get(`${API}/import/i1/`, () => HttpResponse.json(found)),
    http.get(`${API}/import/i1/files/`, () =>
      HttpResponse.json({ files: [{ name: "compose.yaml", text: SOURCE }] }),
    ),
    http.get(`${API}/workflows/`, () =>
      list("workflows", [workflow(), workflow({ id: "w2", name: "Theirs", role: "viewer" })]),
    ),
  );
}

function dropped(...names: string[]) {
  const files = names.map((name) => new File([SOURCE], name));
  return { dataTransfer: { types: ["Files"], items: [], files } };
}

beforeEach(() => signedIn());

describe("beginning an import", () => {
  it("by a file that is dropped anywhere on the page", async () => {
    serve();
    const sent: FormData[] = [];
    server.use(
      http.post(`${API}/import/upload/`, async ({ request }) => {
        sent.push(await request.formData());
        return HttpResponse.json(session());
      }),
    );
    const app = openApp("/import");
    await screen.findByRole("heading", { name: t.imports.dropTitle });
    fireEvent.dragOver(document.body, dropped());
    expect(await screen.findByText(t.imports.dropNow)).toBeVisible();
    fireEvent.drop(document.body, dropped("compose.yaml", "web.env"));
    await waitFor(() => expect(app.router.state.location.pathname).toBe("/import/i1"));
    expect(sent[0]?.getAll("path")).toEqual(["compose.yaml", "web.env"]);
  });

  it("by one that is dropped on the list of workflows, and says why it could not be", async () => {
    serve();
    server.use(http.post(`${API}/import/upload/`, () => failure(400, "compose.yaml: services is missing.")));
    openApp("/workflows");
    await screen.findByRole("link", { name: "Shop" });
    // What takes files on any page comes after the page; a drop before it is nobody's.
    await waitFor(() => {
      fireEvent.dragOver(document.body, dropped());
      expect(screen.getByText(t.imports.dropNow)).toBeVisible();
    });
    fireEvent.drop(document.body, dropped("compose.yaml"));
    expect(await screen.findByText("compose.yaml: services is missing.")).toBeVisible();
  });

  it("by a text, with all that is wrong with it and where", async () => {
    serve();
    const violations = [
      { file: "compose.yaml", path: "services.web.imag", message: "is no key." },
      { file: "compose.yaml", path: "services.web", message: "needs an image." },
    ];
    server.use(
      http.post(`${API}/import/analyze/`, () =>
        failure(400, "compose.yaml: no.", "unreadable_input", { details: { violations } }),
      ),
    );
    const app = openApp("/import");
    await app.user.type(await screen.findByLabelText(t.imports.paste), "services:");
    await app.user.click(screen.getByRole("button", { name: t.imports.analyze }));
    expect(await screen.findByText(/services\.web\.imag is no key/)).toBeVisible();
    expect(screen.getByText(/services\.web needs an image/)).toBeVisible();
  });

  it("or by going on with one from before, which may be forgotten", async () => {
    const { analysis: _, ...summary } = session({ source: { type: "upload", name: "old.yaml" } });
    serve(session(), [summary]);
    let isDeleted = false;
    server.use(
      http.delete(`${API}/import/i1/`, () => {
        isDeleted = true;
        serve();
        return HttpResponse.json({ message: "gone" });
      }),
    );
    const app = openApp("/import?into=w1");
    const link = await screen.findByRole("link", { name: /old\.yaml/ });
    expect(link).toHaveAttribute("href", "/import/i1?into=w1");
    await app.user.click(screen.getByRole("button", { name: t.imports.forget("old.yaml") }));
    await waitFor(() => expect(screen.queryByRole("link", { name: /old\.yaml/ })).toBeNull());
    expect(isDeleted).toBe(true);
  });
});

describe("the report", () => {
  it("stands beside its source, and each leads to the other", async () => {
    serve();
    const app = openApp("/import/i1");
    const item = (await screen.findByRole("button", { name: "services.web.image" })).closest("li");
    await app.user.click(await screen.findByRole("button", { name: t.imports.line(3) }));
    expect(item).toHaveClass("bg-accent-soft");
    await app.user.click(screen.getByRole("button", { name: "services.web.gpus" }));
    const source = within(screen.getByRole("region", { name: "compose.yaml" }));
    expect(source.getByText("gpus: all", { exact: false }).closest("li")).toHaveClass("bg-accent-soft");
    expect(item).not.toHaveClass("bg-accent-soft");
  });

  it("shows one verdict alone, and its address says which", async () => {
    serve();
    const app = openApp("/import/i1");
    await screen.findByText("services.web.image");
    await app.user.click(screen.getByRole("radio", { name: t.imports.verdictHints.refused }));
    await waitFor(() => expect(screen.queryByText("services.web.image")).toBeNull());
    expect(screen.getByText("services.web.gpus")).toBeVisible();
    expect(app.router.state.location.search).toEqual({ verdict: "refused" });
  });

  it("draws a long one in parts", async () => {
    const report = Array.from({ length: 320 }, (_, index) => row(`services.s${index}.image`, null));
    serve(session({ analysis: analysis({ report }) }));
    const app = openApp("/import/i1");
    await screen.findByText("services.s299.image");
    expect(screen.queryByText("services.s300.image")).toBeNull();
    await app.user.click(screen.getByRole("button", { name: t.imports.more(20) }));
    expect(screen.getByText("services.s319.image")).toBeInTheDocument();
  });

  it("is made anew for another decision", async () => {
    serve();
    const sent: unknown[] = [];
    const next = analysis({ report: [row("services.web.ports.0", 4, { target: "ingress/web" })] });
    server.use(
      http.put(`${API}/import/i1/choices/`, async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json(session({ analysis: next }));
      }),
    );
    const app = openApp("/import/i1");
    await app.user.click(await screen.findByRole("combobox", { name: EXPOSURE.text }));
    await app.user.click(await screen.findByRole("option", { name: "By host and path" }));
    expect(await screen.findByText("ingress/web")).toBeVisible();
    expect(sent).toEqual([{ choices: { [EXPOSURE.id]: "ingress" } }]);
  });
});

describe("what it ends in", () => {
  it("is a new workflow, with refusals at their field", async () => {
    serve();
    server.use(
      http.post(`${API}/import/create-workflow/`, () =>
        failure(400, "No.", "invalid_input", { fields: { name: ["This name is taken."] } }),
      ),
    );
    const app = openApp("/import/i1");
    await app.user.click(await screen.findByRole("button", { name: t.imports.create }));
    expect(await screen.findByText("This name is taken.")).toBeVisible();
    expect(screen.getByLabelText(t.imports.name)).toHaveValue("shop");
  });

  it("is a part of the one it was begun in, and the merge says what it did", async () => {
    serve();
    const sent: unknown[] = [];
    server.use(
      http.post(`${API}/import/apply/`, async ({ request }) => {
        sent.push(await request.json());
        const notes = [
          { node_id: "web", name: "web", what: "updated", message: "It follows the input." },
          { node_id: "db", name: "db", what: "kept", message: "You changed image." },
        ];
        return HttpResponse.json({ workflow: { id: "w1", name: "Shop" }, report: [], notes });
      }),
    );
    const app = openApp("/import/i1?into=w1");
    const add = await screen.findByRole("button", { name: t.imports.add });
    await waitFor(() =>
      expect(screen.getByRole("combobox", { name: t.imports.addTo })).toHaveTextContent("Shop"),
    );
    await app.user.click(add);
    const made = within(await screen.findByRole("list", { name: t.imports.addedLabel }));
    expect(made.getAllByRole("listitem")[0]).toHaveTextContent("You changed image.");
    expect(screen.getByRole("link", { name: t.imports.openWorkflow })).toHaveAttribute(
      "href",
      "/workflows/w1",
    );
    expect(sent).toEqual([{ import_id: "i1", workflow_id: "w1" }]);
  });
});
