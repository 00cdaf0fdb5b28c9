import { FlaskConical, Star, Users } from "lucide-react";
import type { Cluster } from "@/data/clusters";
import { t } from "@/texts";
import { Badge, StatusLabel, type Tone, Tooltip } from "@/ui";

const tones: Record<Cluster["status"], Tone> = {
  connected: "ok",
  disconnected: "bad",
  unauthorized: "bad",
  pending: "info",
  unknown: "neutral",
};

export function ClusterStatus({ cluster }: { cluster: Cluster }) {
  return (
    <StatusLabel tone={tones[cluster.status]} isLive={cluster.status === "pending"}>
      {t.clusters.status[cluster.status]}
    </StatusLabel>
  );
}

/** Why it is not connected, in a few words. */
export function reasonOf(cluster: Cluster): string {
  if (cluster.status === "connected" || !cluster.reason) return "";
  return t.clusters.reasons[cluster.reason] ?? cluster.reason;
}

export function ClusterBadges({ cluster }: { cluster: Cluster }) {
  return (
    <>
      {cluster.access === "practice" && (
        <Tooltip label={t.clusters.practiceNote}>
          <span className="relative z-1 inline-flex">
            <Badge tone="violet">
              <FlaskConical />
              {t.clusters.practice}
            </Badge>
          </span>
        </Tooltip>
      )}
      {cluster.is_default && (
        <Badge tone="accent">
          <Star />
          {t.clusters.default}
        </Badge>
      )}
      {cluster.shared_by && (
        <Tooltip label={t.clusters.sharedBy(cluster.shared_by, t.clusters.roles[cluster.role])}>
          <span className="relative z-1 inline-flex">
            <Badge>
              <Users />
              {t.clusters.shared}
            </Badge>
          </span>
        </Tooltip>
      )}
    </>
  );
}
