/** The icons that node types name; a plugin may name one that is not here and gets a plain box. */

import {
  Box,
  CalendarClock,
  CirclePlay,
  Database,
  FileCode,
  FileCog,
  Folder,
  Gauge,
  Globe,
  Group,
  Hammer,
  HardDrive,
  KeyRound,
  type LucideIcon,
  Network,
  Package,
  Ruler,
  Server,
  Shield,
  ShieldCheck,
  StickyNote,
  TrendingUp,
  UserCog,
  Waypoints,
} from "lucide-react";
import { cn } from "@/ui";

const ICONS: Record<string, LucideIcon> = {
  box: Box,
  "calendar-clock": CalendarClock,
  "circle-play": CirclePlay,
  database: Database,
  "file-code": FileCode,
  "file-cog": FileCog,
  folder: Folder,
  gauge: Gauge,
  globe: Globe,
  group: Group,
  hammer: Hammer,
  "hard-drive": HardDrive,
  "key-round": KeyRound,
  network: Network,
  ruler: Ruler,
  server: Server,
  shield: Shield,
  "shield-check": ShieldCheck,
  "sticky-note": StickyNote,
  "trending-up": TrendingUp,
  "user-cog": UserCog,
  waypoints: Waypoints,
};

/** Each category has its colour, so that a picture can be read from far away. */
const HUES: Record<string, string> = {
  workloads: "bg-accent-soft text-accent-ink",
  network: "bg-violet-soft text-violet-ink",
  configuration: "bg-warn-soft text-warn-ink",
  storage: "bg-ok-soft text-ok-ink",
  scaling: "bg-info-soft text-info-ink",
  security: "bg-bad-soft text-bad-ink",
};

export function TypeIcon({
  icon,
  category,
  className,
}: {
  icon: string | undefined;
  category: string | undefined;
  className?: string;
}) {
  const Icon = ICONS[icon ?? ""] ?? Package;
  const hue = HUES[category ?? ""] ?? "bg-hover text-ink-2";
  return (
    <span
      aria-hidden
      className={cn("grid size-8 shrink-0 place-items-center rounded-lg [&_svg]:size-4", hue, className)}
    >
      <Icon strokeWidth={1.9} />
    </span>
  );
}
