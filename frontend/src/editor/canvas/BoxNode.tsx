/** One box: what it is, what it is called, how it fares. It listens only to what is about itself. */

import { Handle, type NodeProps, Position } from "@xyflow/react";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { memo } from "react";
import { TypeIcon } from "@/graph/type-icon";
import { cn, StatusDot } from "@/ui";
import { BUILD, builtOf } from "../building/graph";
import { useEditor, useLive, useSaving, useView } from "../editor";
import { BOX_HEIGHT, type FlowNode } from "../model/flow";
import { summaryOf } from "../model/labels";
import { nodeName } from "../model/names";
import { worstSeverity } from "../model/problems";
import { landingEnd } from "../model/rules";
import type { GraphNode, NodeStatus } from "../model/types";
import { PlanBadge, usePlannedAction } from "../planned/PlanBadge";
import type { Pull } from "../stores/view";
import { t } from "../texts";
import { sentenceWithTime } from "./change";
import { useDetail } from "./detail";
import { Since } from "./Since";
import { fateOf, isBusy, STATE_TONES } from "./tones";

const HANDLE =
  "sc-handle !size-2.5 !rounded-full !border-2 !border-surface !bg-line-strong transition-[width,height,background-color] duration-100";

/** Beside the name, so that no line jumps when a box grows. */
const HANDLE_PLACE = { top: 28 };

const EDGES: Record<string, string> = {
  ok: "border-ok/55",
  info: "border-info/60",
  warn: "border-warn/70",
  bad: "border-bad/70",
};

/** While a plan lies over the picture: the colour of what would be done, and what stays steps back. */
const PLANNED: Record<string, string> = {
  create: "border-ok",
  update: "border-info",
  replace: "border-warn",
  delete: "border-bad",
  refused: "border-bad",
  unchanged: "opacity-60",
};

type Welcome = "none" | "self" | "no" | "source" | "target";

/** Which of its handles a line that is being pulled would arrive at, and what it would mean there. */
function usePull(id: string, type: string): { welcome: Welcome; meaning: string } {
  const { rules } = useEditor();
  const match = (pull: Pull | null) =>
    pull && pull.nodeId !== id ? rules.pull(pull.type, type, pull.end) : undefined;
  const welcome = useView(({ pull }): Welcome => {
    if (!pull) return "none";
    if (pull.nodeId === id) return "self";
    const found = match(pull);
    return found ? landingEnd(found) : "no";
  });
  const meaning = useView(({ pull }) => match(pull)?.connection.title ?? "");
  return { welcome, meaning };
}

/** Of very many, seen from afar, a box is its colour and how it fares. */
function BoxNodeView(props: NodeProps<FlowNode>) {
  const { nearness, isMany } = useDetail();
  return isMany && nearness === "marks" ? <FarBox {...props} /> : <NearBox {...props} />;
}

function FarBox({ id, data, selected, height }: NodeProps<FlowNode>) {
  const { node, template } = data;
  const state = useLive((live) => live.nodes[id]?.state ?? "idle");
  const planned = usePlannedAction(id);
  return (
    <div
      data-testid="node"
      data-type={node.type}
      data-name={nodeName(node)}
      data-state={state}
      className={cn(
        "sc-box w-58 rounded-xl border-2 border-line-strong bg-surface",
        state !== "idle" && EDGES[STATE_TONES[state]],
        selected && "border-accent ring-3 ring-ring/35",
        PLANNED[planned],
      )}
      style={{ height: height ?? BOX_HEIGHT }}
    >
      <FarEnd end="target" />
      <TypeIcon icon={template?.icon} category={template?.category} className="m-3 size-14 [&_svg]:size-8" />
      <FarEnd end="source" />
    </div>
  );
}

/** Too small to pull from, but where lines end. */
function FarEnd({ end }: { end: "source" | "target" }) {
  return (
    <Handle
      id={end}
      type={end}
      position={end === "source" ? Position.Right : Position.Left}
      isConnectable={false}
      className="!size-2.5 !opacity-0"
      style={HANDLE_PLACE}
      aria-hidden
    />
  );
}

function NearBox({ id, data, selected, dragging }: NodeProps<FlowNode>) {
  const { node, template } = data;
  const name = nodeName(node) || t.node.unnamed;
  const kind = template?.display_name ?? t.node.unknownType;
  const status = useLive((state) => state.nodes[id]);
  const severity = useSaving((state) => worstSeverity(state.problems.byNode[id] ?? []));
  const { welcome, meaning } = usePull(id, node.type);
  const state = status?.state ?? "idle";
  const tone = STATE_TONES[state];
  const fits = welcome === "source" || welcome === "target";
  const planned = usePlannedAction(id);
  return (
    <div
      data-testid="node"
      data-type={node.type}
      data-name={name}
      data-state={state}
      className={cn(
        "sc-box group/box relative w-58 rounded-xl border border-line-strong bg-surface shadow-sm transition-[box-shadow,border-color,opacity] duration-150",
        "hover:shadow-md",
        dragging && "shadow-lg",
        selected && "border-accent ring-3 ring-ring/35",
        status && EDGES[tone],
        welcome === "no" && "opacity-35",
        fits && "border-accent ring-2 ring-ring/40",
        PLANNED[planned],
      )}
      data-planned={planned || undefined}
    >
      <End end="target" type={node.type} welcome={welcome} label={t.node.handleIn(name)} />
      <div className="sc-head flex items-center gap-2.5 px-3 pt-2.5 pb-2">
        <TypeIcon icon={template?.icon} category={template?.category} />
        <div className="min-w-0 flex-1">
          <div
            className={cn("sc-name truncate text-sm font-semibold", !nodeName(node) && "text-ink-3 italic")}
          >
            {name}
          </div>
          <div className="sc-kind truncate text-2xs text-ink-3">{kind}</div>
        </div>
        {severity && <ProblemMark severity={severity} />}
      </div>
      <Summary text={summaryOf(node)} />
      {status && fateOf(status) !== "" ? <Fate status={status} /> : <Unbuilt node={node} />}
      {fits && (
        <span className="absolute -top-2.5 left-3 rounded-sm bg-accent px-1.5 py-px text-2xs font-medium text-on-accent shadow-sm">
          {meaning}
        </span>
      )}
      <End end="source" type={node.type} welcome={welcome} label={t.node.handleOut(name)} />
      {planned !== "" && <PlanBadge id={id} name={name} />}
    </div>
  );
}

interface EndProps {
  end: "source" | "target";
  type: string;
  welcome: Welcome;
  label: string;
}

/** A handle: lit where the pulled line would arrive, gone where none ever could. */
function End({ end, type, welcome, label }: EndProps) {
  const { rules } = useEditor();
  const isUsable = rules.hasEnd(type, end);
  return (
    <Handle
      // Named, or a line that is pulled out of the left one is drawn from the right.
      id={end}
      type={end}
      position={end === "source" ? Position.Right : Position.Left}
      isConnectable={isUsable}
      className={cn(
        HANDLE,
        welcome === end && "is-lit",
        welcome !== "none" && welcome !== "self" && welcome !== end && "is-dark",
        !isUsable && "is-useless",
      )}
      style={HANDLE_PLACE}
      role="img"
      aria-label={label}
      aria-hidden={!isUsable}
    />
  );
}

function ProblemMark({ severity }: { severity: "error" | "warning" }) {
  const Icon = severity === "error" ? CircleAlert : TriangleAlert;
  return (
    <span data-testid="node-problem" title={t.problems.title} className="shrink-0">
      <Icon
        className={cn("size-4", severity === "error" ? "text-bad" : "text-warn")}
        aria-label={t.problems.title}
      />
    </span>
  );
}

/** Of a build of which nothing came yet: how things are, not a fault. */
function Unbuilt({ node }: { node: GraphNode }) {
  if (node.type !== BUILD || builtOf(node) !== "") return null;
  return (
    <div
      data-testid="not-built"
      className="flex items-center gap-1.5 rounded-b-[13px] border-t border-line px-3 py-1.5 text-2xs font-medium text-ink-2"
    >
      <StatusDot tone={STATE_TONES.idle} />
      {t.building.notBuilt}
    </div>
  );
}

function Summary({ text }: { text: string }) {
  if (text === "") return null;
  return (
    <div className="sc-summary truncate px-3 pb-2.5 font-mono text-2xs text-ink-2" title={text}>
      {text}
    </div>
  );
}

/** How it fares, in words; the reason when it does not fare well. */
function Fate({ status }: { status: NodeStatus }) {
  const tone = STATE_TONES[status.state];
  return (
    <div
      className={cn(
        "rounded-b-[13px] border-t border-line px-3 py-1.5",
        tone === "bad" && "border-bad/25 bg-bad-soft",
        tone === "warn" && "border-warn/25 bg-warn-soft",
      )}
    >
      <div className="flex items-center gap-1.5 text-2xs font-medium text-ink-2" data-testid="node-state">
        <StatusDot tone={tone} isLive={isBusy(status.state)} />
        <span className="truncate">{fateOf(status)}</span>
        {status.replicas && <Ready {...status.replicas} />}
        {status.last_change && (
          <Since
            at={status.last_change.at}
            title={`${t.lastChange.label}: ${sentenceWithTime(status.last_change)}`}
            className="sc-since ml-auto shrink-0 pl-1 font-normal text-ink-3 tabular-nums"
          />
        )}
      </div>
      {status.message !== "" && status.state !== "deleted" && (
        <p
          data-testid="node-message"
          title={status.message}
          className={cn(
            "mt-0.5 line-clamp-3 text-2xs text-pretty",
            tone === "bad" ? "text-bad-ink" : tone === "warn" ? "text-warn-ink" : "text-ink-3",
          )}
        >
          {status.message}
        </p>
      )}
    </div>
  );
}

function Ready({ ready, wanted }: { ready: number; wanted: number }) {
  return (
    <span
      data-testid="node-ready"
      title={t.ready(ready, wanted)}
      aria-label={t.ready(ready, wanted)}
      role="img"
      className={cn(
        "shrink-0 rounded-sm bg-active px-1 font-mono tabular-nums",
        ready < wanted && "bg-warn-soft text-warn-ink",
      )}
    >
      {t.readyShort(ready, wanted)}
    </span>
  );
}

export const BoxNode = memo(BoxNodeView);
