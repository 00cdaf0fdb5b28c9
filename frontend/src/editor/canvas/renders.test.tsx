import { act, render, screen } from "@testing-library/react";
import { ReactFlowProvider } from "@xyflow/react";
import { expect, it, vi } from "vitest";
import { TooltipProvider } from "@/ui";
import { createEditor, EditorContext } from "../editor";
import { TEMPLATES } from "../model/testing/fixtures";
import type { Workflow } from "../model/types";
import { Canvas } from "./Canvas";
import { shortSince } from "./Since";

// Each drawing of a box asks for its summary once.
const drawn = vi.hoisted((): string[] => []);
vi.mock("../model/labels", async (load) => {
  const actual = await load<typeof import("../model/labels")>();
  const summaryOf: typeof actual.summaryOf = (node) => {
    drawn.push(node.id);
    return actual.summaryOf(node);
  };
  return { ...actual, summaryOf };
});

it("tells the time in the fewest letters", () => {
  const ago = (seconds: number) =>
    shortSince("2026-11-26T12:00:00Z", Date.UTC(2026, 10, 26, 12) + seconds * 1000);
  expect([-5, 59, 60, 7199, 7200, 200_000].map(ago)).toEqual(["now", "now", "1 min", "1 h", "2 h", "2 d"]);
});

it("draws only the node again that a status is about", async () => {
  const nodes = Array.from({ length: 20 }, (_, index) => ({
    id: `n${index}`,
    type: "deployment",
    position: { x: index * 300, y: 0 },
    data: { name: `web-${index}`, image: "nginx:1.27" },
  }));
  const workflow = { id: "w1", name: "Shop", role: "owner", nodes, edges: [] } as unknown as Workflow;
  const editor = createEditor(workflow, TEMPLATES, "u1", () => undefined);
  render(
    <TooltipProvider>
      <EditorContext.Provider value={editor}>
        <ReactFlowProvider>
          <Canvas />
        </ReactFlowProvider>
      </EditorContext.Provider>
    </TooltipProvider>,
  );
  expect(new Set(drawn)).toEqual(new Set(nodes.map(({ id }) => id)));
  drawn.length = 0;
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  act(() =>
    editor.live.setState((live) => ({
      nodes: {
        ...live.nodes,
        n7: {
          node_id: "n7",
          state: "failed",
          health: "degraded",
          message: "No such image.",
          replicas: { ready: 1, wanted: 3 },
          last_change: { what: "replicas", from: "2/3", to: "1/3", at: new Date().toISOString() },
          objects: [],
          urls: [],
        },
      },
    })),
  );
  expect(await screen.findByText("No such image.")).toBeInTheDocument();
  expect(screen.getByLabelText("1 of 3 ready")).toHaveTextContent("1/3");
  expect(drawn).toEqual(["n7"]);
  // Time goes by, and only the words for it are drawn again.
  vi.setSystemTime(Date.now() + 120_000);
  await act(() => vi.advanceTimersByTimeAsync(15_000));
  expect(screen.getByTestId("node-since")).toHaveTextContent("2 min");
  expect(drawn).toEqual(["n7"]);
  vi.useRealTimers();
});
