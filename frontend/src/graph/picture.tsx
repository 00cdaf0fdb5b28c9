import type { Schemas } from "@/api";
import { useKindName } from "@/data/templates";

const WIDTH = 150;
const HEIGHT = 44;
/** Of the canvas: as it is drawn there, only smaller. */
const SCALE = 0.52;
const MARGIN = 14;
const LETTERS = 19;
/** Beyond this its letters would shout. */
const LARGEST = 1.35;

interface Props {
  /** What it shows, for who cannot see it. */
  label: string;
  nodes: readonly Schemas["NodeShape"][];
  edges: readonly Schemas["EdgeShape"][];
  className?: string;
}

interface Box {
  id: string;
  title: string;
  type: string;
  x: number;
  y: number;
}

function boxesOf(nodes: Props["nodes"]): Box[] {
  return nodes.map((node) => ({
    id: node.id,
    title: shortened(String((node.data as { name?: unknown } | undefined)?.name ?? node.id)),
    type: node.type,
    x: (node.position?.x ?? 0) * SCALE,
    y: (node.position?.y ?? 0) * SCALE,
  }));
}

function shortened(text: string): string {
  return text.length > LETTERS ? `${text.slice(0, LETTERS - 1)}…` : text;
}

/** The graph in small, drawn without the canvas: it is looked at, not worked on. */
export function GraphPicture({ label, nodes, edges, className = "max-h-80 w-full" }: Props) {
  const kindName = useKindName();
  const boxes = boxesOf(nodes);
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const left = Math.min(...boxes.map((box) => box.x)) - MARGIN;
  const top = Math.min(...boxes.map((box) => box.y)) - MARGIN;
  const right = Math.max(...boxes.map((box) => box.x)) + WIDTH + MARGIN;
  const bottom = Math.max(...boxes.map((box) => box.y)) + HEIGHT + MARGIN;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`${left} ${top} ${right - left} ${bottom - top}`}
      className={className}
      style={{ maxWidth: (right - left) * LARGEST }}
    >
      {edges.map((edge) => {
        const [from, to] = [byId.get(edge.source), byId.get(edge.target)];
        return from && to && <Wire key={edge.id} from={from} to={to} />;
      })}
      {boxes.map((box) => (
        <g key={box.id}>
          <rect
            x={box.x}
            y={box.y}
            width={WIDTH}
            height={HEIGHT}
            rx={8}
            className="fill-surface stroke-line-strong"
          />
          <text x={box.x + 11} y={box.y + 19} className="fill-ink text-[11px] font-medium">
            {box.title}
          </text>
          <text x={box.x + 11} y={box.y + 34} className="fill-ink-3 text-[9.5px]">
            {kindName(box.type)}
          </text>
        </g>
      ))}
    </svg>
  );
}

function Wire({ from, to }: { from: Box; to: Box }) {
  const isRightward = from.x + WIDTH <= to.x;
  const [x1, x2] = isRightward ? [from.x + WIDTH, to.x] : [from.x, to.x + WIDTH];
  const [y1, y2] = [from.y + HEIGHT / 2, to.y + HEIGHT / 2];
  const bend = isRightward ? Math.max((x2 - x1) / 2, 18) : -Math.max((x1 - x2) / 2, 18);
  const isAbove = from.x === to.x;
  const path = isAbove
    ? `M ${from.x + WIDTH / 2} ${from.y < to.y ? from.y + HEIGHT : from.y} L ${to.x + WIDTH / 2} ${from.y < to.y ? to.y : to.y + HEIGHT}`
    : `M ${x1} ${y1} C ${x1 + bend} ${y1}, ${x2 - bend} ${y2}, ${x2} ${y2}`;
  return <path d={path} className="fill-none stroke-ink-3" strokeWidth={1.2} />;
}
