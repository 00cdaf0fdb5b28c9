/** Two people, one picture: what only one did is brought together, and where both did the second one chooses. */

import { useState } from "react";
import { Button, Dialog, Segmented, toast } from "@/ui";
import { useEditor, useSaving } from "../editor";
import type { Clash, Side } from "../model/merge";
import { t } from "../texts";

export function ConflictDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { autosave } = useEditor();
  const conflict = useSaving((state) => state.conflict);
  const [picks, setPicks] = useState<Readonly<Record<string, Side>>>({});
  const attempt = (action: () => Promise<void>) => void action().catch(toast.failed);
  return (
    <Dialog
      // While it is not known yet whether anybody has to be asked, nobody is.
      isOpen={isOpen && conflict !== null}
      onOpenChange={(next) => !next && onClose()}
      title={t.conflict.title}
      description={t.conflict.text}
      className="max-w-lg"
    >
      <p className="text-sm text-ink-2">{t.conflict.clashes}</p>
      <ul className="mt-3 flex max-h-80 flex-col gap-2 overflow-y-auto" data-testid="clashes">
        {conflict?.clashes.map((clash) => (
          <ClashRow
            key={clash.key}
            clash={clash}
            side={picks[clash.key] ?? defaultOf(clash)}
            onPick={(side) => setPicks((before) => ({ ...before, [clash.key]: side }))}
          />
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <Button
          size="sm"
          variant="ghost"
          title={t.conflict.theirsNote}
          onClick={() => attempt(() => autosave.takeTheirs())}
        >
          {t.conflict.theirs}
        </Button>
        <Button
          size="sm"
          variant="ghost"
          title={t.conflict.mineNote}
          onClick={() => attempt(() => autosave.keepMine())}
        >
          {t.conflict.mine}
        </Button>
        <span className="flex-1" />
        <Button
          variant="primary"
          data-testid="merge"
          onClick={() => attempt(() => autosave.mergeTheirs(picks))}
        >
          {t.conflict.merge}
        </Button>
      </div>
    </Dialog>
  );
}

/** As the merge itself decides: mine, and what exists rather than what is gone. */
function defaultOf(clash: Clash): Side {
  return clash.mine === undefined ? "theirs" : "mine";
}

function ClashRow({ clash, side, onPick }: { clash: Clash; side: Side; onPick: (side: Side) => void }) {
  const { commands, graph } = useEditor();
  const subject = nameOf(clash, commands.nameOf, graph.getState().graph.edges);
  const field = clash.field.replace(/^data\./, "") || t.conflict.whole;
  const place = `${subject}, ${field}`;
  return (
    <li className="rounded-lg border border-line px-3 py-2.5">
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate text-sm">
          <span className="font-medium">{subject}</span> <span className="text-ink-3">{field}</span>
        </span>
        <Segmented
          label={t.conflict.choose(place)}
          value={side}
          options={[
            { value: "mine", label: t.conflict.yours },
            { value: "theirs", label: t.conflict.ofThem },
          ]}
          onValueChange={onPick}
        />
      </div>
      <p className="mt-1.5 truncate font-mono text-2xs text-ink-2" title={shown(clash, side)}>
        {shown(clash, side)}
      </p>
    </li>
  );
}

function nameOf(
  clash: Clash,
  nameOfNode: (id: string) => string,
  edges: readonly { id: string; source: string; target: string }[],
) {
  if (clash.kind === "edge") {
    const edge = edges.find((each) => each.id === clash.id);
    return edge ? t.edge.between(nameOfNode(edge.source), nameOfNode(edge.target)) : t.edge.title;
  }
  const node = (clash.mine ?? clash.theirs) as { data?: { name?: unknown } } | null;
  const name = clash.field === "" ? node?.data?.name : undefined;
  return typeof name === "string" ? name : nameOfNode(clash.id);
}

function shown(clash: Clash, side: Side): string {
  const value = side === "mine" ? clash.mine : clash.theirs;
  if (clash.field === "") return value === undefined ? t.conflict.removed : t.conflict.kept;
  if (value === undefined) return t.conflict.removed;
  return typeof value === "string" ? value : JSON.stringify(value);
}
