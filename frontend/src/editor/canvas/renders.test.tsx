import { act, render, screen } from "@testing-library/react";
import { ReactFlowProvider } from "@xyflow/react";
import { expect, it, vi } from "vitest";
import { TooltipProvider } from "@/ui";
import { createEditor, EditorContext } from "../editor";
import { TEMPLATES } from "../model/testing/fixtures";
import type { Workflow } from "../model/types";
import { Canvas } from "./Canvas";

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
  act(() =>
    editor.live.setState((live) => ({
      nodes: {
        ...live.nodes,
        n7: {
          node_id: "n7",
          state: "failed",
          health: "degraded",
          message: "No such image.",
          objects: [],
          urls: [],
        },
      },
    })),
  );
  expect(await screen.findByText("No such image.")).toBeInTheDocument();
  expect(drawn).toEqual(["n7"]);
});
