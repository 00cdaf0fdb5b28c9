/** Logs and a terminal of one node, in the drawer below the picture. */

import type { ReactNode } from "react";
import type { Resource } from "@/data/resources";
import { ErrorState, late, Spinner } from "@/ui";
import { t } from "../texts";
import { useWorkload } from "./workloads";

const LogsView = late(() => import("@/live/logs/LogsView"), <Waiting />);
const TerminalView = late(() => import("@/live/terminal/TerminalView"), <Waiting />);

const FULL = "rounded-none border-0 shadow-none";

export function NodeLogs({ nodeId }: { nodeId: string }) {
  return (
    <WithWorkload nodeId={nodeId}>
      {(resource) => (
        <LogsView
          key={resource.id}
          resourceId={resource.id}
          hasManyPods={resource.kind !== "Pod"}
          className={FULL}
        />
      )}
    </WithWorkload>
  );
}

export function NodeTerminal({ nodeId }: { nodeId: string }) {
  return (
    <WithWorkload nodeId={nodeId}>
      {(resource) => <TerminalView key={resource.id} resourceId={resource.id} className={FULL} />}
    </WithWorkload>
  );
}

function WithWorkload({ nodeId, children }: { nodeId: string; children: (resource: Resource) => ReactNode }) {
  const { resource, isPending, error } = useWorkload(nodeId);
  if (resource) return children(resource);
  if (error) return <ErrorState error={error} className="py-8" />;
  if (isPending) return <Waiting />;
  return <p className="py-8 text-center text-sm text-ink-3">{t.operate.node.notThere}</p>;
}

function Waiting() {
  return (
    <div role="status" className="flex items-center justify-center gap-2.5 py-8 text-sm text-ink-3">
      <Spinner /> {t.operate.node.opening}
    </div>
  );
}
