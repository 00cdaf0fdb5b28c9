/** What a run would remove that is drawn no more, where it stood in the version that runs. */

import { useQuery } from "@tanstack/react-query";
import { ViewportPortal } from "@xyflow/react";
import { useMemo } from "react";
import { TypeIcon } from "@/graph/type-icon";
import { Popover } from "@/ui";
import { useEditor, useView } from "../editor";
import { nodeName } from "../model/names";
import type { Graph, GraphNode, PlanRow } from "../model/types";
import { getVersionGraph } from "../operate/calls";
import { useTargets } from "../operate/targets";
import { PlanRows } from "../run/PlanView";
import { t } from "../texts";
import { PlanMark } from "./PlanBadge";
import { goneNodes, type Planned } from "./planned";

export function Ghosts() {
  const planned = useView((state) => state.planned);
  return planned && <GhostsOf planned={planned} />;
}

function GhostsOf({ planned }: { planned: Planned }) {
  const { workflow } = useEditor();
  const { targets } = useTargets();
  const gone = useMemo(() => goneNodes(planned), [planned]);
  const version = targets.find(
    ({ cluster, namespace }) => cluster === planned.cluster && namespace === planned.namespace,
  )?.version;
  const { data } = useQuery({
    queryKey: ["editor", "version", workflow.id, version],
    queryFn: () => getVersionGraph(workflow.id, String(version)),
    enabled: gone.length > 0 && version !== undefined && version !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!data) return null;
  return (
    <ViewportPortal>
      {gone.map(({ id, rows }) => {
        const node = data.nodes.find((each) => each.id === id);
        return node && <Ghost key={id} node={node} at={placeOf(node, data)} rows={rows} />;
      })}
    </ViewportPortal>
  );
}

/** What lies in a frame is placed from its corner. */
function placeOf(node: GraphNode, graph: Graph) {
  const frame = graph.nodes.find((each) => each.id === node.parentId)?.position ?? { x: 0, y: 0 };
  return { x: node.position.x + frame.x, y: node.position.y + frame.y };
}

function Ghost({
  node,
  at,
  rows,
}: {
  node: GraphNode;
  at: { x: number; y: number };
  rows: readonly PlanRow[];
}) {
  const { rules } = useEditor();
  const template = rules.template(node.type);
  const name = nodeName(node) || t.node.unnamed;
  return (
    <Popover
      label={name}
      className="w-80 p-2"
      trigger={
        <button
          type="button"
          data-testid="plan-ghost"
          className="pointer-events-auto absolute w-58 rounded-xl border-2 border-dashed border-bad/70 bg-bad-soft text-left"
          style={{ transform: `translate(${at.x}px, ${at.y}px)` }}
        >
          <span className="flex items-center gap-2.5 px-3 py-2.5">
            <TypeIcon icon={template?.icon} category={template?.category} />
            <span className="min-w-0 flex-1">
              <span className="block truncate text-sm font-semibold line-through">{name}</span>
              <span className="block truncate text-2xs text-ink-2">{t.planned.gone}</span>
            </span>
          </span>
          <span className="absolute -top-2.5 right-3 flex">
            <PlanMark rows={rows} />
          </span>
        </button>
      }
    >
      <PlanRows rows={rows} />
    </Popover>
  );
}
