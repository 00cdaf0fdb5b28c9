/** The tags that there are of an image, asked of its registry when somebody wants to see them. */

import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { imageTagsQuery } from "@/data/registries";
import { Popover, Spinner } from "@/ui";
import { t } from "../../texts";
import { withTag } from "./tags";

/** More than this nobody reads: one types a part of the name. */
const SHOWN = 100;

export function ImageTags({ image, onPick }: { image: string; onPick: (image: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      label={t.form.tags}
      isOpen={isOpen}
      onOpenChange={setOpen}
      align="end"
      className="w-64 p-0"
      trigger={
        <button
          type="button"
          data-testid="image-tags"
          className="flex shrink-0 items-center gap-0.5 rounded-sm px-1 text-accent-ink hover:bg-hover"
        >
          {t.form.tags}
          <ChevronDown aria-hidden className="size-3" />
        </button>
      }
    >
      <TagList
        image={image}
        onPick={(tag) => {
          setOpen(false);
          onPick(withTag(image, tag));
        }}
      />
    </Popover>
  );
}

function TagList({ image, onPick }: { image: string; onPick: (tag: string) => void }) {
  const { data, error, isPending } = useQuery(imageTagsQuery(image));
  const [search, setSearch] = useState("");
  const found = (data?.tags ?? []).filter((tag) => tag.toLowerCase().includes(search.trim().toLowerCase()));
  if (isPending) {
    return (
      <p role="status" className="flex items-center gap-2 p-3 text-xs text-ink-3">
        <Spinner className="size-3.5" /> {t.form.askingTags}
      </p>
    );
  }
  const trouble = data?.error || error?.message;
  if (trouble) return <p className="p-3 text-xs text-pretty text-ink-2">{t.form.noTags(trouble)}</p>;
  return (
    <Command shouldFilter={false} label={t.form.tags}>
      <Command.Input
        autoFocus
        value={search}
        onValueChange={setSearch}
        placeholder={t.form.findTag}
        className="h-9 w-full border-b border-line bg-transparent px-3 text-sm outline-none placeholder:text-ink-3"
      />
      <Command.List data-testid="image-tag-list" className="max-h-64 overflow-y-auto p-1">
        {found.slice(0, SHOWN).map((tag) => (
          <Command.Item
            key={tag}
            value={tag}
            onSelect={() => onPick(tag)}
            className="cursor-pointer truncate rounded-md px-2 py-1 font-mono text-xs data-[selected=true]:bg-hover"
          >
            {tag}
          </Command.Item>
        ))}
        {found.length === 0 && <p className="p-2 text-xs text-ink-3">{t.form.noSuchTag}</p>}
        {found.length > SHOWN && (
          <p className="p-2 text-2xs text-ink-3">{t.form.moreTags(found.length - SHOWN)}</p>
        )}
      </Command.List>
    </Command>
  );
}
