/** A line with the words that say what it means. */

import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { X } from "lucide-react";
import { memo } from "react";
import { cn } from "@/ui";
import { useEditor, useSaving, useSelection, useView } from "../editor";
import { curveBetween } from "../model/curve";
import type { FlowEdge } from "../model/flow";
import { worstSeverity } from "../model/problems";
import { t } from "../texts";
import { useDetail } from "./detail";

/** Where requests go, a line is drawn through; what only configures or orders is dashed. */
const SOLID = new Set(["selects", "routes", "uses"]);

function MeaningEdgeView(props: EdgeProps<FlowEdge>) {
  const { id, data, selected, source, target, sourceX, sourceY, targetX, targetY } = props;
  const { commands, selection } = useEditor();
  const severity = useSaving((state) => worstSeverity(state.problems.byEdge[id] ?? []));
  const isDimmed = useView((state) => state.pull !== null);
  const isAlone = useSelection(
    ({ nodeIds, edgeIds }) => nodeIds.size + edgeIds.size === 1 && edgeIds.has(id),
  );
  const isReadable = useDetail().nearness === "all" || isAlone;
  const curve = curveBetween(sourceX, sourceY, targetX, targetY, data?.offset ?? 0);
  const bundled = data?.bundled ?? 0;
  const label = bundled > 1 ? t.edge.bundle(bundled) : (data?.label ?? "");
  return (
    <>
      <BaseEdge
        id={id}
        path={curve.path}
        interactionWidth={18}
        className={cn("sc-line", selected && "is-selected", severity === "error" && "is-wrong")}
        style={{
          ...(SOLID.has(data?.meaning ?? "") ? {} : { strokeDasharray: "5 4" }),
          ...(isDimmed ? { opacity: 0.4 } : {}),
        }}
        {...(props.markerEnd ? { markerEnd: props.markerEnd } : {})}
      />
      {isReadable && (
        <EdgeLabelRenderer>
          <div
            className={cn(
              "sc-edge-label nodrag nopan pointer-events-auto absolute flex items-center gap-0.5",
              selected && "is-selected",
            )}
            style={{
              transform: `translate(-50%, -50%) translate(${curve.labelX}px, ${curve.labelY}px)`,
              zIndex: selected ? 5 : 1,
            }}
          >
            <button
              type="button"
              data-testid="edge-label"
              data-edge={id}
              data-meaning={data?.meaning}
              aria-label={t.edge.label(commands.nameOf(source), label, commands.nameOf(target))}
              aria-pressed={selected ?? false}
              className={cn(
                "max-w-44 truncate rounded-full border border-line bg-surface px-2 py-px text-2xs text-ink-2 shadow-sm transition-colors hover:border-line-strong hover:text-ink",
                selected && "border-accent bg-accent text-on-accent hover:text-on-accent",
                severity === "error" && !selected && "border-bad/60 text-bad-ink",
                isDimmed && "opacity-40",
              )}
              title={bundled > 1 ? t.menu.unfold : label}
              onClick={() =>
                bundled > 1 ? commands.unfold([source, target]) : selection.getState().select([], [id])
              }
            >
              {label || "…"}
            </button>
            {isAlone && (
              <button
                type="button"
                aria-label={t.edge.remove}
                className="grid size-5 place-items-center rounded-full border border-line bg-surface text-ink-2 shadow-sm hover:bg-bad hover:text-on-accent"
                onClick={() => commands.removeEdge(id)}
              >
                <X className="size-3" />
              </button>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

export const MeaningEdge = memo(MeaningEdgeView);
