/** Below the picture: the run and its log, the problems, what ran before, the versions. */

import { X } from "lucide-react";
import { IconButton, Tabs } from "@/ui";
import { useEditor, useSaving, useView } from "../editor";
import { DriftPanel } from "../operate/DriftPanel";
import { ProblemsList } from "../problems/ProblemsList";
import type { DrawerTab } from "../stores/view";
import { t } from "../texts";
import { VersionsList } from "../versions/VersionsList";
import { RunLog } from "./RunLog";
import { RunsList } from "./RunsList";

export function Drawer() {
  const { view } = useEditor();
  const tab = useView((state) => state.drawer);
  const problems = useSaving((state) => state.problems.all.length);
  if (!tab) return null;
  const scrolled = (content: React.ReactNode) => <div className="h-full overflow-y-auto px-2">{content}</div>;
  return (
    <section
      aria-label={t.drawer.label}
      data-testid="drawer"
      className="relative z-10 h-64 shrink-0 animate-fade-in border-t border-line bg-surface"
    >
      <Tabs
        label={t.drawer.label}
        value={tab}
        onValueChange={(next) => view.setState({ drawer: next as DrawerTab })}
        className="h-full px-2"
        contentClassName="pt-0 -mx-2"
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
