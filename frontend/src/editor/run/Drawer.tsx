/** Below the picture: the run and its log, the problems, what ran before, the versions. */

import { X } from "lucide-react";
import { IconButton, Tabs } from "@/ui";
import { useEditor, useGraph, useSaving, useView } from "../editor";
import { nodeName } from "../model/names";
import { DriftPanel } from "../operate/DriftPanel";
import { NodeLogs, NodeTerminal } from "../operate/Watched";
import { ProblemsList } from "../problems/ProblemsList";
import type { DrawerTab } from "../stores/view";
import { t } from "../texts";
import { VersionsList } from "../versions/VersionsList";
import { DrawerEdge } from "./DrawerEdge";
import { RunLog } from "./RunLog";
import { RunsList } from "./RunsList";

export function Drawer() {
  const { view } = useEditor();
  const tab = useView((state) => state.drawer);
  const height = useView((state) => state.drawerHeight);
  const watched = useWatched();
  const problems = useSaving((state) => state.problems.all.length);
  if (!tab) return null;
  const isOfNode = tab === "logs" || tab === "terminal";
  if (isOfNode && !watched) return null;
  const scrolled = (content: React.ReactNode) => <div className="h-full overflow-y-auto px-2">{content}</div>;
  return (
    <section
      aria-label={t.drawer.label}
      data-testid="drawer"
      className="relative z-10 max-h-[75%] shrink-0 animate-fade-in border-t border-line bg-surface"
      style={{ height }}
    >
      <DrawerEdge />
      <Tabs
        label={t.drawer.label}
        value={tab}
        onValueChange={(next) => view.setState({ drawer: next as DrawerTab })}
        className="h-full [&>[role=tablist]]:pr-11 [&>[role=tablist]]:pl-2"
        contentClassName="pt-0"
        tabs={[
          { value: "run", label: t.drawer.run, content: <RunLog /> },
          {
            value: "problems",
            label: t.drawer.problems,
            ...(problems > 0 ? { count: problems } : {}),
            content: scrolled(<ProblemsList />),
          },
          { value: "runs", label: t.drawer.runs, content: scrolled(<RunsList />) },
          { value: "drift", label: t.operate.drift.tab, content: scrolled(<DriftPanel />) },
          { value: "versions", label: t.drawer.versions, content: scrolled(<VersionsList />) },
          ...(watched
            ? [
                {
                  value: "logs",
                  label: t.operate.node.logsOf(watched.name),
                  content: (
                    <Full>
                      <NodeLogs key={watched.id} nodeId={watched.id} />
                    </Full>
                  ),
                },
                {
                  value: "terminal",
                  label: t.operate.node.terminalOf(watched.name),
                  content: (
                    <Full>
                      <NodeTerminal key={watched.id} nodeId={watched.id} />
                    </Full>
                  ),
                },
              ]
            : []),
        ]}
      />
      <IconButton
        size="sm"
        label={t.drawer.close}
        className="absolute top-1 right-2"
        onClick={() => view.setState({ drawer: null })}
      >
        <X />
      </IconButton>
    </section>
  );
}

function Full({ children }: { children: React.ReactNode }) {
  return <div className="flex h-full min-h-0 flex-col">{children}</div>;
}

/** The node whose logs are shown, while it is in the picture. */
function useWatched(): { id: string; name: string } | null {
  const id = useView((state) => state.watchedId);
  const node = useGraph((state) => (id ? state.graph.nodes.find((each) => each.id === id) : undefined));
  return node ? { id: node.id, name: nodeName(node) || t.node.unnamed } : null;
}
