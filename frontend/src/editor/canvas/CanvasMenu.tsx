/** What the right button offers, on a box and on the canvas. */

import * as Menu from "@radix-ui/react-dropdown-menu";
import {
  ClipboardPaste,
  Copy,
  CopyPlus,
  FoldVertical,
  Group,
  Maximize,
  Plus,
  Scissors,
  SquareDashedMousePointer,
  StickyNote,
  Trash2,
  Ungroup,
  Workflow,
} from "lucide-react";
import type { ReactNode } from "react";
import { cn, Keys, toast } from "@/ui";
import { useEditor } from "../editor";
import type { Point } from "../model/types";
import { t } from "../texts";
import { useCanvas } from "./useCanvas";

export interface MenuPlace {
  at: Point;
  nodeId: string | null;
  edgeId?: string;
}

interface Item {
  label: string;
  icon: ReactNode;
  keys?: string[];
  isDanger?: boolean;
  onSelect: () => void;
}

export function CanvasMenu({ place, onClose }: { place: MenuPlace | null; onClose: () => void }) {
  const groups = useItems(place);
  if (!place) return null;
  return (
    <Menu.Root open modal={false} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Menu.Trigger asChild>
        <span
          aria-hidden
          className="pointer-events-none fixed size-px"
          style={{ left: place.at.x, top: place.at.y }}
        />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content
          align="start"
          sideOffset={2}
          collisionPadding={8}
          onCloseAutoFocus={(event) => event.preventDefault()}
          className="z-50 min-w-48 animate-pop-in rounded-lg border border-line bg-raised p-1 shadow-lg outline-none"
        >
          {groups.map((items, index) => (
            <Menu.Group key={items[0]?.label ?? index}>
              {index > 0 && <Menu.Separator className="-mx-1 my-1 h-px bg-line" />}
              {items.map((item) => (
                <Menu.Item
                  key={item.label}
                  onSelect={item.onSelect}
                  className={cn(
                    "flex cursor-default items-center gap-2.5 rounded-md px-2 py-1.5 text-sm outline-none data-[highlighted]:bg-hover [&_svg]:size-4 [&_svg]:text-ink-3",
                    item.isDanger && "text-bad-ink data-[highlighted]:bg-bad-soft [&_svg]:text-bad-ink",
                  )}
                >
                  {item.icon}
                  <span className="flex-1">{item.label}</span>
                  {item.keys && <Keys keys={item.keys} />}
                </Menu.Item>
              ))}
            </Menu.Group>
          ))}
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}

function useItems(place: MenuPlace | null): Item[][] {
  const { commands, graph, rules, view, selection } = useEditor();
  const nodes = () => graph.getState().graph.nodes;
  const canvas = useCanvas();
  if (!place) return [];
  const at = canvas.toCanvas(place.at);
  const copy = () => {
    const text = commands.copyText();
    if (text) void navigator.clipboard?.writeText(text);
  };
  const paste = async () => {
    const text = await navigator.clipboard.readText().catch(() => "");
    if (!commands.paste(text, at)) toast.note(t.clipboard.nothing);
  };
  const pasteItem = {
    label: t.menu.paste,
    icon: <ClipboardPaste />,
    keys: ["mod", "v"],
    onSelect: () => void paste(),
  };
  const remove = {
    label: t.menu.delete,
    icon: <Trash2 />,
    keys: ["delete"],
    isDanger: true,
    onSelect: commands.removeSelected,
  };
  if (place.edgeId) return [[remove]];
  const chosen = nodes().filter((node) => selection.getState().nodeIds.has(node.id));
  const frameItems = chosen.some((node) => node.type === "group")
    ? [
        { label: t.menu.foldOrUnfold, icon: <FoldVertical />, keys: ["e"], onSelect: commands.foldSelected },
        { label: t.menu.ungroup, icon: <Ungroup />, keys: ["mod", "shift", "g"], onSelect: commands.ungroup },
      ]
    : [{ label: t.menu.group, icon: <Group />, keys: ["mod", "g"], onSelect: commands.group }];
  if (place.nodeId || selection.getState().nodeIds.size > 0) {
    return [
      [
        { label: t.menu.duplicate, icon: <CopyPlus />, keys: ["mod", "d"], onSelect: commands.duplicate },
        { label: t.menu.copy, icon: <Copy />, keys: ["mod", "c"], onSelect: copy },
        {
          label: t.menu.cut,
          icon: <Scissors />,
          keys: ["mod", "x"],
          onSelect: () => {
            copy();
            commands.removeSelected();
          },
        },
        pasteItem,
      ],
      frameItems,
      [remove],
    ];
  }
  return [
    [
      {
        label: t.menu.addHere,
        icon: <Plus />,
        onSelect: () => view.setState({ wish: { at, screen: place.at, from: null } }),
      },
      {
        label: t.menu.noteHere,
        icon: <StickyNote />,
        onSelect: () => {
          const template = rules.template("note");
          if (template) view.setState({ writingId: commands.add(template, at, true) });
        },
      },
      pasteItem,
    ],
    [
      {
        label: t.menu.selectAll,
        icon: <SquareDashedMousePointer />,
        keys: ["mod", "a"],
        onSelect: commands.selectAll,
      },
      { label: t.menu.fit, icon: <Maximize />, keys: ["f"], onSelect: canvas.fit },
      {
        label: t.menu.arrange,
        icon: <Workflow />,
        keys: ["t"],
        onSelect: () => void commands.arrange().then(canvas.fit),
      },
    ],
  ];
}
