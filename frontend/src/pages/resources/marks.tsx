import { X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { type ResourceDetail, useMark } from "@/data/resources";
import { t } from "@/texts";
import { Card, Input, Textarea, toast } from "@/ui";

/** Tags and notes, for oneself alone. */
export function Marks({ resource }: { resource: ResourceDetail }) {
  const mark = useMark(resource.id);
  const [tag, setTag] = useState("");
  const [notes, setNotes] = useState(resource.user_notes);
  const add = (event: FormEvent) => {
    event.preventDefault();
    const next = tag.trim();
    if (!next || resource.user_tags.includes(next)) return setTag("");
    mark.mutate({ user_tags: [...resource.user_tags, next] }, { onSuccess: () => setTag("") });
  };
  const keepNotes = () => {
    if (notes === resource.user_notes) return;
    mark.mutate({ user_notes: notes }, { onSuccess: () => toast.done(t.resources.notesSaved) });
  };
  return (
    <Card className="p-4">
      <section aria-label={t.resources.marks} className="flex flex-col gap-2.5">
        <div>
          <h2 className="text-sm font-medium">{t.resources.marks}</h2>
          <p className="text-xs text-ink-3">{t.resources.marksHint}</p>
        </div>
        {resource.user_tags.length > 0 && (
          <ul className="flex flex-wrap gap-1.5" aria-label={t.resources.tags}>
            {resource.user_tags.map((each) => (
              <li
                key={each}
                className="inline-flex h-5 max-w-full items-center gap-1 rounded-sm bg-accent-soft pl-1.5 text-2xs font-medium text-accent-ink"
              >
                <span className="truncate">{each}</span>
                <button
                  type="button"
                  aria-label={t.resources.removeTag(each)}
                  className="grid size-5 place-items-center rounded-sm hover:bg-accent-soft"
                  onClick={() => mark.mutate({ user_tags: resource.user_tags.filter((one) => one !== each) })}
                >
                  <X className="size-3" />
                </button>
              </li>
            ))}
          </ul>
        )}
        <form onSubmit={add}>
          <Input
            aria-label={t.resources.tagsPlaceholder}
            placeholder={t.resources.tagsPlaceholder}
            maxLength={50}
            value={tag}
            onChange={(event) => setTag(event.target.value)}
          />
        </form>
        <Textarea
          aria-label={t.resources.notes}
          placeholder={t.resources.notesPlaceholder}
          rows={4}
          maxLength={10_000}
          value={notes}
          onChange={(event) => setNotes(event.target.value)}
          onBlur={keepNotes}
        />
      </section>
    </Card>
  );
}
