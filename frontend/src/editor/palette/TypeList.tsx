/** Node types by category, with a search field: the same list in the palette and where a line was let go. */

import { Search } from "lucide-react";
import { type KeyboardEvent, type Ref, useId, useMemo, useState } from "react";
import { TypeIcon } from "@/graph/type-icon";
import { cn } from "@/ui";
import { findTypes } from "../model/search";
import type { Template } from "../model/types";
import { t } from "../texts";

export const DRAG_TYPE = "application/x-sailcloth-type";

interface TypeListProps {
  templates: readonly Template[];
  onChoose: (template: Template) => void;
  /** A few words at the end of a row: what a connection to it would mean. */
  noteOf?: (template: Template) => string;
  /** Other headings than the usual ones, by category. */
  titles?: Readonly<Record<string, string>>;
  isDraggable?: boolean;
  autoFocus?: boolean;
  inputRef?: Ref<HTMLInputElement>;
  className?: string;
  onEscape?: () => void;
}

export function TypeList({ templates, onChoose, className, onEscape, ...rest }: TypeListProps) {
  const id = useId();
  const [search, setSearch] = useState("");
  const [active, setActive] = useState(0);
  const groups = useMemo(() => findTypes(templates, search), [templates, search]);
  const found = useMemo(() => groups.flatMap((group) => group.templates), [groups]);
  const optionId = (template: Template) => `${id}-${template.type}`;

  function choose(template: Template): void {
    setSearch("");
    setActive(0);
    onChoose(template);
  }

  function move(step: number): void {
    const next = (active + step + found.length) % Math.max(found.length, 1);
    setActive(next);
    const template = found[next];
    if (template) document.getElementById(optionId(template))?.scrollIntoView({ block: "nearest" });
  }

  function press(event: KeyboardEvent): void {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter") {
      const template = found[active];
      if (template) choose(template);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (search) setSearch("");
      else onEscape?.();
      return;
    } else return;
    event.preventDefault();
  }

  const current = found[active];
  const titleOf = (category: string) => rest.titles?.[category] ?? t.categories[category] ?? category;
  return (
    <div className={cn("group/list flex min-h-0 flex-col", className)}>
      <SearchField
        value={search}
        listId={`${id}-list`}
        activeId={current && optionId(current)}
        autoFocus={rest.autoFocus ?? false}
        inputRef={rest.inputRef}
        onKeyDown={press}
        onChange={(text) => {
          setSearch(text);
          setActive(0);
        }}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={t.palette.title}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-1.5 pb-3"
      >
        {found.length === 0 && <p className="px-2 py-6 text-center text-sm text-ink-3">{t.palette.empty}</p>}
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: options of a listbox are grouped by role
          <div key={group.category} role="group" aria-label={titleOf(group.category)}>
            {group.category && (
              <div aria-hidden className="px-2 pt-2.5 pb-1 text-2xs font-medium text-ink-3">
                {titleOf(group.category)}
              </div>
            )}
            {group.templates.map((template) => (
              <Option
                key={template.type}
                id={optionId(template)}
                template={template}
                isActive={template === current}
                note={rest.noteOf?.(template) ?? ""}
                isTold={search.trim() !== ""}
                isDraggable={rest.isDraggable ?? false}
                onChoose={() => choose(template)}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

interface SearchFieldProps {
  value: string;
  listId: string;
  activeId: string | undefined;
  autoFocus: boolean;
  inputRef: Ref<HTMLInputElement> | undefined;
  onKeyDown: (event: KeyboardEvent) => void;
  onChange: (text: string) => void;
}

function SearchField({
  value,
  listId,
  activeId,
  autoFocus,
  inputRef,
  onKeyDown,
  onChange,
}: SearchFieldProps) {
  return (
    <div className="relative m-2.5 mb-1.5 shrink-0">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-ink-3"
      />
      <input
        ref={inputRef}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={activeId}
        aria-label={t.palette.searchHint}
        data-testid="palette-search"
        // biome-ignore lint/a11y/noAutofocus: it was opened by a key, to type
        autoFocus={autoFocus}
        autoComplete="off"
        spellCheck={false}
        placeholder={t.palette.search}
        value={value}
        className="h-8 w-full rounded-md border border-line-strong bg-surface pr-7 pl-8 text-sm outline-none focus:border-accent dark:bg-sunken"
        onKeyDown={onKeyDown}
        onChange={(event) => onChange(event.target.value)}
      />
      <kbd
        aria-hidden
        className="absolute top-1/2 right-2 -translate-y-1/2 rounded-sm border border-line-strong bg-sunken px-1 text-2xs text-ink-3"
      >
        /
      </kbd>
    </div>
  );
}

interface OptionProps {
  id: string;
  template: Template;
  note: string;
  /** With its sentence below its name: among few, one reads. */
  isTold: boolean;
  isActive: boolean;
  isDraggable: boolean;
  onChoose: () => void;
}

function Option({ id, template, note, isTold, isActive, isDraggable, onChoose }: OptionProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the search field, which names the active option
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard in the search field
    <div
      id={id}
      role="option"
      aria-selected={isActive}
      title={template.description}
      data-testid="palette-item"
      data-type={template.type}
      draggable={isDraggable}
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAG_TYPE, template.type);
        event.dataTransfer.effectAllowed = "copy";
      }}
      onClick={onChoose}
      className={cn(
        "flex cursor-pointer select-none items-center gap-2.5 rounded-md px-1.5 py-1 text-sm hover:bg-hover",
        isActive && "group-focus-within/list:bg-hover",
        isDraggable && "active:cursor-grabbing",
      )}
    >
      <TypeIcon
        icon={template.icon}
        category={template.category}
        className="size-6.5 rounded-md [&_svg]:size-3.5"
      />
      <span className="min-w-0">
        <span className="block truncate">{template.display_name}</span>
        {isTold && (
          <span className="line-clamp-2 text-2xs text-pretty text-ink-3">{template.description}</span>
        )}
      </span>
      {note && <span className="ml-auto max-w-28 shrink-0 truncate pl-2 text-2xs text-ink-3">{note}</span>}
    </div>
  );
}
