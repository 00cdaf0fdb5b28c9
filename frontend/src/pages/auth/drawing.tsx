import { Box, FileCog, Globe, KeyRound, Network } from "lucide-react";
import type { ReactNode } from "react";
import { t } from "@/texts";
import { cn, StatusDot } from "@/ui";

interface Piece {
  x: number;
  y: number;
  icon: ReactNode;
  kind: string;
  name: string;
  isLive?: boolean;
}

const pieces: Piece[] = [
  { x: 30, y: 190, icon: <Globe />, kind: "Ingress", name: "storefront" },
  { x: 250, y: 190, icon: <Network />, kind: "Service", name: "web" },
  { x: 250, y: 60, icon: <FileCog />, kind: "Config map", name: "settings" },
  { x: 250, y: 320, icon: <KeyRound />, kind: "Secret", name: "database" },
  { x: 470, y: 190, icon: <Box />, kind: "Deployment", name: "web", isLive: true },
];

const W = 170;
const H = 56;
const wires = [
  [0, 1],
  [1, 4],
  [2, 4],
  [3, 4],
] as const;

function wire(from: Piece, to: Piece): string {
  const x1 = from.x + W;
  const y1 = from.y + H / 2;
  const y2 = to.y + H / 2;
  const middle = (x1 + to.x) / 2;
  return `M${x1} ${y1} C${middle} ${y1} ${middle} ${y2} ${to.x} ${y2}`;
}

/** A picture of the product: decoration, and hidden from assistive technology. */
export function Drawing() {
  return (
    <div aria-hidden className="relative flex h-full flex-col items-center justify-center overflow-hidden">
      <div className="absolute inset-0 bg-[radial-gradient(var(--grid-dot)_1px,transparent_1px)] bg-size-[22px_22px] opacity-70 [mask-image:radial-gradient(ellipse_at_center,black_35%,transparent_78%)]" />
      <div className="relative h-[440px] w-[670px] origin-center scale-[0.82] xl:scale-100">
        <svg
          viewBox="0 0 670 440"
          role="presentation"
          className="absolute inset-0 size-full text-line-strong"
        >
          {wires.map(([from, to]) => {
            const [a, b] = [pieces[from], pieces[to]];
            return a && b ? (
              <path
                key={`${from}-${to}`}
                d={wire(a, b)}
                fill="none"
                stroke="currentColor"
                strokeWidth="1.5"
              />
            ) : null;
          })}
        </svg>
        {pieces.map((piece) => (
          <div
            key={`${piece.kind}-${piece.name}`}
            style={{ left: piece.x, top: piece.y, width: W, height: H }}
            className={cn(
              "absolute flex items-center gap-2.5 rounded-lg border border-line-strong bg-surface px-3 shadow-md",
            )}
          >
            <span className="grid size-7 shrink-0 place-items-center rounded-md bg-accent-soft text-accent-ink [&_svg]:size-4">
              {piece.icon}
            </span>
            <span className="min-w-0 flex-1">
              <span className="block text-2xs text-ink-3">{piece.kind}</span>
              <span className="block truncate text-sm font-medium">{piece.name}</span>
            </span>
            <StatusDot tone="ok" isLive={piece.isLive ?? false} />
          </div>
        ))}
      </div>
      <p className="relative -mt-4 text-lg text-ink-2">{t.auth.tagline}</p>
    </div>
  );
}
