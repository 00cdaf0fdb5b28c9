/** In the bar: where the state on the canvas comes from, and what can be done with what runs there. */

import { ChevronDown, GitCompare, History, MapPin, Trash2 } from "lucide-react";
import { Button, Menu, type MenuItem, StatusDot } from "@/ui";
import { RUN_TONES } from "../canvas/tones";
import { useEditor, useView } from "../editor";
import { t } from "../texts";
import type { Target } from "./calls";
import { placeOf, useTargets } from "./targets";
import { UndeployDialog } from "./UndeployDialog";

export function TargetMenu() {
  const { view, workflow } = useEditor();
  const { targets, current } = useTargets();
  const isUndeployOpen = useView((state) => state.isUndeployOpen);
  const chosen = useView((state) => state.targetId);
  if (!current) return null;
  const items: MenuItem[] = [
    { heading: t.operate.target.heading },
    ...targets.map((target) => ({
      id: target.id,
      label: placeOf(target),
      icon: <StatusDot tone={toneOf(target)} className="mx-1" />,
      isChecked: target.id === current.id,
      onSelect: () => view.setState({ targetId: target.id }),
    })),
  ];
  if (chosen !== null && targets.length > 1) {
    const follow = () => view.setState({ targetId: null });
    items.push({ label: t.operate.target.last, icon: <History />, onSelect: follow });
  }
  if (current.is_deployed) {
    const compare = () => view.setState({ drawer: "drift" });
    items.push("separator", { label: t.operate.target.drift, icon: <GitCompare />, onSelect: compare });
    if (workflow.role !== "viewer") {
      items.push({
        label: t.operate.target.undeploy,
        icon: <Trash2 />,
        isDanger: true,
        onSelect: () => view.setState({ isUndeployOpen: true }),
      });
    }
  }
  return (
    <>
      <Menu
        className="max-w-96"
        trigger={
          <Button
            variant="ghost"
            size="sm"
            className="min-w-0 max-w-56 shrink"
            aria-label={`${t.operate.target.label}: ${placeOf(current)}`}
            title={summaryOf(current)}
            data-testid="target-menu"
          >
            <MapPin className="shrink-0" />
            <span className="truncate max-lg:hidden">{placeOf(current)}</span>
            <ChevronDown className="shrink-0" />
          </Button>
        }
        items={items}
      />
      {isUndeployOpen && (
        <UndeployDialog target={current} onClose={() => view.setState({ isUndeployOpen: false })} />
      )}
    </>
  );
}

function toneOf(target: Target) {
  if (!target.is_deployed) return "neutral";
  return target.last_run ? RUN_TONES[target.last_run.status] : "neutral";
}

function summaryOf(target: Target): string {
  if (!target.is_deployed) return t.operate.target.undeployed;
  if (target.version === null) return t.operate.target.objects(target.object_count);
  return t.operate.target.version(target.version, target.object_count);
}
