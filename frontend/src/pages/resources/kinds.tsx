/** The kinds that are mirrored, with their signs and groups. */
import {
  Box,
  Boxes,
  CalendarClock,
  Container,
  Copy,
  FileCog,
  FolderTree,
  Globe,
  HardDrive,
  IdCard,
  Key,
  Layers,
  Network,
  Play,
  Server,
  Shield,
  ShieldCheck,
  SquareStack,
  TrendingUp,
} from "lucide-react";
import type { ReactNode } from "react";
import type { Health } from "@/data/resources";
import type { Tone } from "@/ui";

const ICONS: Record<string, ReactNode> = {
  Pod: <Container />,
  Deployment: <Layers />,
  ReplicaSet: <Copy />,
  StatefulSet: <SquareStack />,
  DaemonSet: <Boxes />,
  Job: <Play />,
  CronJob: <CalendarClock />,
  Service: <Network />,
  Ingress: <Globe />,
  ConfigMap: <FileCog />,
  Secret: <Key />,
  PersistentVolumeClaim: <HardDrive />,
  HorizontalPodAutoscaler: <TrendingUp />,
  PodDisruptionBudget: <ShieldCheck />,
  NetworkPolicy: <Shield />,
  ServiceAccount: <IdCard />,
  Node: <Server />,
  Namespace: <FolderTree />,
};

export const KINDS: readonly string[] = Object.keys(ICONS);

export function KindIcon({ kind }: { kind: string }) {
  return (
    <span aria-hidden className="grid size-4 shrink-0 place-items-center text-ink-3 [&_svg]:size-4">
      {ICONS[kind] ?? <Box />}
    </span>
  );
}

export const HEALTH_TONES: Record<Health, Tone> = {
  healthy: "ok",
  progressing: "info",
  degraded: "bad",
  suspended: "neutral",
  missing: "neutral",
  unknown: "neutral",
};
