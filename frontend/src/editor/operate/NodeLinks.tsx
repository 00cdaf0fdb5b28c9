/** In the panel of a node: the ways to its logs, a shell in it, and its page. */

import { Link } from "@tanstack/react-router";
import { ExternalLink, FileText, SquareTerminal } from "lucide-react";
import { Button } from "@/ui";
import { useEditor, useLive } from "../editor";
import type { DrawerTab } from "../stores/view";
import { t } from "../texts";
import { useWorkload, workloadOf } from "./workloads";

export function NodeLinks({ nodeId }: { nodeId: string }) {
  const hasPods = useLive((state) => workloadOf(state.nodes[nodeId]?.objects ?? []) !== null);
  return hasPods ? <Links nodeId={nodeId} /> : null;
}

function Links({ nodeId }: { nodeId: string }) {
  const { view } = useEditor();
  const { resource } = useWorkload(nodeId);
  const open = (drawer: DrawerTab) =>
    view.setState((state) => ({
      drawer,
      watchedId: nodeId,
      drawerHeight: Math.max(state.drawerHeight, 340),
    }));
  return (
    <div className="flex flex-wrap gap-1.5 border-b border-line px-4 py-2.5" data-testid="node-links">
      <Button size="sm" data-testid="node-logs" onClick={() => open("logs")}>
        <FileText />
        {t.operate.node.logs}
      </Button>
      <Button
        size="sm"
        data-testid="node-terminal"
        disabled={resource !== null && !resource.actions.some((action) => action !== "logs")}
        onClick={() => open("terminal")}
      >
        <SquareTerminal />
        {t.operate.node.terminal}
      </Button>
      {resource && (
        <Button size="sm" variant="ghost" asChild>
          <Link to="/resources/$resourceId" params={{ resourceId: resource.id }} search={{}}>
            <ExternalLink />
            {t.operate.node.details}
          </Link>
        </Button>
      )}
    </div>
  );
}
