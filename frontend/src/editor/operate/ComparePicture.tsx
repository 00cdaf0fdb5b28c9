/** The picture of two versions at once, on a canvas of its own: to look at, move and zoom. */

import { Background, BackgroundVariant, ReactFlow, ReactFlowProvider, ViewportPortal } from "@xyflow/react";
import { useTheme } from "@/app/theme";
import { TypeIcon } from "@/graph/type-icon";
import { cn } from "@/ui";
import { useEditor } from "../editor";
import { curveBetween } from "../model/curve";
import { BOX_WIDTH } from "../model/flow";
import { t } from "../texts";
import type { Mark, Picture } from "./comparison";

const words = t.operate.compare;

const BOXES: Record<Mark, string> = {
  added: "border-ok bg-ok-soft",
  removed: "border-dashed border-bad bg-bad-soft opacity-75",
  changed: "border-warn bg-warn-soft",
  same: "border-line-strong bg-surface",
};

const LINES: Record<Mark, string> = {
  added: "var(--ok)",
  removed: "var(--bad)",
  changed: "var(--warn)",
  same: "var(--line-strong)",
};

/** About what the dialog has room for, in pixels. */
const WIDTH = 560;
const HEIGHT = 440;
const NOTHING: never[] = [];

export function ComparePicture({ picture }: { picture: Picture }) {
  const { rules } = useEditor();
  const theme = useTheme((state) => state.theme);
  const zoom = Math.min(1, WIDTH / picture.width, HEIGHT / picture.height);
  const viewport = {
    x: (WIDTH - picture.width * zoom) / 2,
    y: (HEIGHT - picture.height * zoom) / 2,
    zoom,
  };
  return (
    <section
      aria-label={words.picture}
      className="sc-canvas overflow-hidden rounded-lg border border-line"
      style={{ height: HEIGHT }}
      data-testid="compare-picture"
    >
      <ReactFlowProvider>
        <ReactFlow
          // Another picture begins where all of it is seen.
          key={`${picture.width} ${picture.height} ${picture.boxes.length}`}
          // Or what describes boxes to a screen reader would be there twice.
          id="compare"
          nodes={NOTHING}
          edges={NOTHING}
          defaultViewport={viewport}
          minZoom={Math.min(0.1, zoom)}
          maxZoom={2}
          colorMode={theme}
        >
          <Background variant={BackgroundVariant.Dots} gap={16} size={1.2} />
          <ViewportPortal>
            <div className="relative" style={{ width: picture.width, height: picture.height }}>
              <svg
                className="absolute inset-0"
                width={picture.width}
                height={picture.height}
                role="presentation"
              >
                {picture.links.map((link) => (
                  <path
                    key={`${link.id} ${link.mark}`}
                    d={curveBetween(link.from.x, link.from.y, link.to.x, link.to.y, 0).path}
                    fill="none"
                    stroke={LINES[link.mark]}
                    strokeWidth={link.mark === "same" ? 1.5 : 2.5}
                    strokeDasharray={link.mark === "removed" ? "6 5" : undefined}
                  />
                ))}
              </svg>
              {picture.boxes.map((box) => (
                <div
                  key={`${box.id} ${box.mark}`}
                  className={cn("absolute rounded-xl border-2 bg-surface", BOXES[box.mark])}
                  style={{ left: box.x, top: box.y, width: BOX_WIDTH }}
                >
                  <div className="flex items-center gap-2.5 px-3 py-2.5">
                    <TypeIcon
                      icon={rules.template(box.type)?.icon}
                      category={rules.template(box.type)?.category}
                    />
                    <div className="min-w-0 flex-1">
                      <div
                        className={cn(
                          "truncate text-sm font-semibold",
                          box.mark === "removed" && "line-through",
                        )}
                      >
                        {box.name || t.node.unnamed}
                      </div>
                      <div className="truncate text-2xs text-ink-3">
                        {rules.template(box.type)?.display_name ?? box.type}
                        {box.mark !== "same" && ` · ${words[box.mark]}`}
                      </div>
                    </div>
                  </div>
                </div>
              ))}
            </div>
          </ViewportPortal>
        </ReactFlow>
      </ReactFlowProvider>
    </section>
  );
}
