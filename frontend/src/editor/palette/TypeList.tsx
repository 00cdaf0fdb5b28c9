/** Node types by category, with a search field: the same list in the palette and where a line was let go. */

import { Command } from "cmdk";
import { Search } from "lucide-react";
import { type Ref, useMemo, useState } from "react";
import { cn } from "@/ui";
import type { Template } from "../model/types";
import { t } from "../texts";
import { TypeIcon } from "./icons";

export const DRAG_TYPE = "application/x-sailcloth-type";

interface TypeListProps {
  templates: readonly Template[];
  onChoose: (template: Template) => void;
  isDraggable?: boolean;
  autoFocus?: boolean;
  inputRef?: Ref<HTMLInputElement>;
  className?: string;
  onEscape?: () => void;
}

export function TypeList({
  templates,
  onChoose,
  isDraggable = false,
  autoFocus = false,
  inputRef,
  className,
  onEscape,
}: TypeListProps) {
  const [search, setSearch] = useState("");
  const groups = useMemo(() => byCategory(templates), [templates]);
  const choose = (template: Template) => {
    setSearch("");
    onChoose(template);
  };
  return (
    <Command
      label={t.palette.title}
      loop
      className={cn("flex min-h-0 flex-col", className)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        if (search) setSearch("");
        else onEscape?.();
      }}
    >
      <div className="relative m-2.5 mb-1.5 shrink-0">
        <Search
          aria-hidden
          className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-2.5 size-3.5 text-ink-3"
        />
        <Command.Input
          ref={inputRef}
          value={search}
          onValueChange={setSearch}
          autoFocus={autoFocus}
          placeholder={t.palette.search}
          aria-label={t.palette.searchHint}
          data-testid="palette-search"
          className="h-8 w-full rounded-md border border-line-strong bg-surface pr-7 pl-8 text-sm outline-none focus:border-accent dark:bg-sunken"
        />
        <kbd
          aria-hidden
          className="-translate-y-1/2 absolute top-1/2 right-2 rounded-sm border border-line-strong bg-sunken px-1 text-2xs text-ink-3"
        >
          /
        </kbd>
      </div>
      <Command.List className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-1.5 pb-3">
        <Command.Empty className="px-2 py-6 text-center text-sm text-ink-3">{t.palette.empty}</Command.Empty>
        {[...groups].map(([category, list]) => (
          <Command.Group
            key={category}
            heading={t.categories[category] ?? category}
            className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-2xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-3"
          >
            {list.map((template) => (
              <Command.Item
                key={template.type}
                value={template.display_name}
                keywords={[template.type, template.category, template.kind ?? ""]}
                title={template.description}
                data-testid="palette-item"
                data-type={template.type}
                draggable={isDraggable}
                onDragStart={(event) => {
                  event.dataTransfer.setData(DRAG_TYPE, template.type);
                  event.dataTransfer.effectAllowed = "copy";
                }}
                onSelect={() => choose(template)}
                className={cn(
                  "flex cursor-pointer select-none items-center gap-2.5 rounded-md px-1.5 py-1 text-sm outline-none data-[selected=true]:bg-hover",
                  isDraggable && "active:cursor-grabbing",
                )}
              >
                <TypeIcon
                  icon={template.icon}
                  category={template.category}
                  className="size-6.5 rounded-md [&_svg]:size-3.5"
                />
                <span className="truncate">{template.display_name}</span>
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  );
}

function byCategory(templates: readonly Template[]): Map<string, Template[]> {
  const groups = new Map<string, Template[]>();
  for (const template of templates) {
    groups.set(template.category, [...(groups.get(template.category) ?? []), template]);
  }
  return groups;
}
