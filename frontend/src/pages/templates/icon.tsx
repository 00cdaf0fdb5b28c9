/** The icons that templates name. */
import {
  Activity,
  Archive,
  Bot,
  Bug,
  ChartColumn,
  ChartPie,
  Cloud,
  Container,
  Database,
  GitBranch,
  Globe,
  HeartPulse,
  KeyRound,
  Layers,
  Leaf,
  ListChecks,
  Lock,
  type LucideIcon,
  Mail,
  MessagesSquare,
  Newspaper,
  Notebook,
  Package,
  PenLine,
  Rabbit,
  Radio,
  ScrollText,
  Search,
  Send,
  Table,
  Waypoints,
  Workflow,
} from "lucide-react";
import { cn } from "@/ui";

const ICONS: Record<string, LucideIcon> = {
  activity: Activity,
  archive: Archive,
  bot: Bot,
  bug: Bug,
  "chart-column": ChartColumn,
  "chart-pie": ChartPie,
  cloud: Cloud,
  container: Container,
  database: Database,
  "git-branch": GitBranch,
  globe: Globe,
  "heart-pulse": HeartPulse,
  "key-round": KeyRound,
  layers: Layers,
  leaf: Leaf,
  "list-checks": ListChecks,
  lock: Lock,
  mail: Mail,
  "messages-square": MessagesSquare,
  newspaper: Newspaper,
  notebook: Notebook,
  package: Package,
  "pen-line": PenLine,
  rabbit: Rabbit,
  radio: Radio,
  "scroll-text": ScrollText,
  search: Search,
  send: Send,
  table: Table,
  waypoints: Waypoints,
  workflow: Workflow,
};

const HUES: Record<string, string> = {
  Web: "bg-accent-soft text-accent-ink",
  Data: "bg-ok-soft text-ok-ink",
  Storage: "bg-ok-soft text-ok-ink",
  Messaging: "bg-violet-soft text-violet-ink",
  Automation: "bg-violet-soft text-violet-ink",
  Observability: "bg-warn-soft text-warn-ink",
  Identity: "bg-bad-soft text-bad-ink",
  Development: "bg-info-soft text-info-ink",
  Productivity: "bg-info-soft text-info-ink",
  AI: "bg-accent-soft text-accent-ink",
};

export function StackIcon({
  icon,
  category,
  className,
}: {
  icon: string;
  category: string;
  className?: string;
}) {
  const Icon = ICONS[icon] ?? Package;
  return (
    <span
      aria-hidden
      className={cn(
        "grid size-9 shrink-0 place-items-center rounded-lg [&_svg]:size-4.5",
        HUES[category] ?? "bg-hover text-ink-2",
        className,
      )}
    >
      <Icon />
    </span>
  );
}
