/** The icons that node types name; a plugin may name one that is not here and gets a plain box. */

import {
  Activity,
  Archive,
  BadgeCheck,
  BellRing,
  Box,
  CalendarClock,
  CirclePlay,
  CloudLightning,
  Database,
  DoorOpen,
  FileCode,
  FileCog,
  Folder,
  Funnel,
  Gauge,
  GitBranch,
  GitMerge,
  Globe,
  Group,
  Hammer,
  HardDrive,
  KeyRound,
  Layers,
  Library,
  List,
  LockKeyhole,
  type LucideIcon,
  Network,
  Package,
  Rabbit,
  RadioTower,
  Route,
  Ruler,
  Server,
  Shield,
  ShieldCheck,
  Ship,
  Signpost,
  Stamp,
  StickyNote,
  TrendingUp,
  UserCog,
  Vault,
  Waypoints,
  Zap,
} from "lucide-react";
import { cn } from "@/ui";

const ICONS: Record<string, LucideIcon> = {
  activity: Activity,
  archive: Archive,
  "badge-check": BadgeCheck,
  "bell-ring": BellRing,
  box: Box,
  "calendar-clock": CalendarClock,
  "circle-play": CirclePlay,
  "cloud-lightning": CloudLightning,
  database: Database,
  "door-open": DoorOpen,
  "file-code": FileCode,
  "file-cog": FileCog,
  filter: Funnel,
  folder: Folder,
  gauge: Gauge,
  "git-branch": GitBranch,
  "git-merge": GitMerge,
  globe: Globe,
  group: Group,
  hammer: Hammer,
  "hard-drive": HardDrive,
  "key-round": KeyRound,
  layers: Layers,
  library: Library,
  list: List,
  "lock-keyhole": LockKeyhole,
  network: Network,
  rabbit: Rabbit,
  "radio-tower": RadioTower,
  route: Route,
  ruler: Ruler,
  server: Server,
  "shield-check": ShieldCheck,
  shield: Shield,
  ship: Ship,
  signpost: Signpost,
  stamp: Stamp,
  "sticky-note": StickyNote,
  "trending-up": TrendingUp,
  "user-cog": UserCog,
  vault: Vault,
  waypoints: Waypoints,
  zap: Zap,
};

/** Each category has its colour, so that a picture can be read from far away. */
const HUES: Record<string, string> = {
  workloads: "bg-accent-soft text-accent-ink",
  network: "bg-violet-soft text-violet-ink",
  configuration: "bg-warn-soft text-warn-ink",
  storage: "bg-ok-soft text-ok-ink",
  scaling: "bg-info-soft text-info-ink",
  security: "bg-bad-soft text-bad-ink",
  // What plugins bring.
  autoscaling: "bg-info-soft text-info-ink",
  backup: "bg-ok-soft text-ok-ink",
  certificates: "bg-ok-soft text-ok-ink",
  databases: "bg-accent-soft text-accent-ink",
  gitops: "bg-violet-soft text-violet-ink",
  messaging: "bg-violet-soft text-violet-ink",
  monitoring: "bg-warn-soft text-warn-ink",
  policy: "bg-bad-soft text-bad-ink",
  secrets: "bg-warn-soft text-warn-ink",
  serverless: "bg-info-soft text-info-ink",
  traffic: "bg-violet-soft text-violet-ink",
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
