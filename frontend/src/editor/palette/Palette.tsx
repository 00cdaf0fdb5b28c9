/** The node types at the left: to be dragged, clicked, or found by typing. */

import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import { IconButton } from "@/ui";
import { useCanvas } from "../canvas/useCanvas";
import { useEditor, useView } from "../editor";
import { t } from "../texts";
import { KindsState } from "./KindsState";
import { TypeList } from "./TypeList";
import { CLUSTER_KINDS, useClusterKinds } from "./useClusterKinds";

export function Palette() {
  const { commands, rules } = useEditor();
  const kinds = useClusterKinds();
  useView((state) => state.knownTypes);
  const canvas = useCanvas();
  const calls = useView((state) => state.paletteCalls);
  const [isOpen, setOpen] = useState(() => window.innerWidth >= 768);
  const input = useRef<HTMLInputElement>(null);

  // Before the next key arrives, or the first letters of what is typed would be lost.
  useLayoutEffect(() => {
    if (calls === 0) return;
    setOpen(true);
    input.current?.focus();
  }, [calls]);

  if (!isOpen) {
    return (
      <div className="absolute top-3 left-3 z-10 rounded-lg border border-line bg-surface p-0.5 shadow-sm">
        <IconButton
          size="sm"
          tooltipSide="right"
          label={t.palette.expand}
          keys={["/"]}
          onClick={() => setOpen(true)}
        >
          <PanelLeftOpen />
        </IconButton>
      </div>
    );
  }
  return (
    <aside
      aria-label={t.palette.title}
      data-testid="palette"
      className="relative z-10 flex w-54 shrink-0 flex-col border-r border-line bg-surface max-md:absolute max-md:inset-y-0 max-md:shadow-lg"
    >
      <div className="flex h-10 shrink-0 items-center justify-between pr-1.5 pl-3.5">
        <h2 className="text-xs font-semibold text-ink-2">{t.palette.title}</h2>
        <IconButton size="sm" label={t.palette.collapse} onClick={() => setOpen(false)}>
          <PanelLeftClose />
        </IconButton>
      </div>
      <TypeList
        templates={[...rules.templates.values()]}
        {...(kinds.cluster !== null && {
          titles: { [CLUSTER_KINDS]: t.palette.kindsOf(kinds.cluster) },
        })}
        isDraggable
        autoFocus={calls > 0}
        inputRef={input}
        className="-mt-2 flex-1"
        onEscape={() => (document.activeElement as HTMLElement | null)?.blur()}
        onChoose={(template) => {
          commands.add(template, canvas.centre());
          input.current?.blur();
        }}
      />
      <KindsState kinds={kinds} />
    </aside>
  );
}
