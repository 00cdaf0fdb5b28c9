/** What can be done to several nodes at once: into line, with equal gaps, into a frame. */

import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalSpaceAround,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalSpaceAround,
  Group,
} from "lucide-react";
import { Button, IconButton } from "@/ui";
import { useEditor } from "../editor";
import type { Axis, Side } from "../model/groups";
import { t } from "../texts";

const SIDES: readonly [Side, typeof Group][] = [
  ["left", AlignStartVertical],
  ["centre", AlignCenterVertical],
  ["right", AlignEndVertical],
  ["top", AlignStartHorizontal],
  ["middle", AlignCenterHorizontal],
  ["bottom", AlignEndHorizontal],
];
const AXES: readonly [Axis, typeof Group][] = [
  ["across", AlignHorizontalSpaceAround],
  ["down", AlignVerticalSpaceAround],
];

export function ArrangePanel({ count }: { count: number }) {
  const { commands } = useEditor();
  return (
    <div className="flex flex-col gap-3 border-t border-line px-4 py-3" data-testid="arrange-panel">
      <div className="flex flex-wrap gap-1">
        {SIDES.map(([side, Icon]) => (
          <IconButton key={side} size="sm" label={t.align[side]} onClick={() => commands.align(side)}>
            <Icon />
          </IconButton>
        ))}
        {AXES.map(([axis, Icon]) => (
          <IconButton
            key={axis}
            size="sm"
            label={t.align[axis]}
            disabled={count < 3}
            onClick={() => commands.distribute(axis)}
          >
            <Icon />
          </IconButton>
        ))}
      </div>
      <Button size="sm" onClick={commands.group}>
        <Group />
        {t.menu.group}
      </Button>
    </div>
  );
}
