import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { isApiError } from "@/api/errors";
import { usePageTitle } from "@/app/title";
import { toast } from "@/ui";
import { rename } from "../api/calls";
import { useEditor } from "../editor";
import { t } from "../texts";

/** The workflow's name, changed in place. */
export function NameField() {
  const { autosave, workflow } = useEditor();
  const queries = useQueryClient();
  const [kept, setKept] = useState(workflow.name);
  const [text, setText] = useState(workflow.name);
  usePageTitle(kept);

  async function keep(): Promise<void> {
    const name = text.trim();
    if (name === "" || name === kept) {
      setText(kept);
      return;
    }
    try {
      await autosave.flush();
      const answer = await rename(workflow.id, name, autosave.etag);
      autosave.etag = answer.etag;
      setKept(answer.data.name);
      setText(answer.data.name);
      void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "editor" });
    } catch (error) {
      setText(kept);
      if (isApiError(error) && error.status === 412) autosave.reportConflict(error.message);
      else toast.failed(error);
    }
  }

  return (
    <input
      aria-label={t.name}
      title={t.rename}
      data-testid="workflow-name"
      value={text}
      maxLength={200}
      spellCheck={false}
      className="h-8 min-w-16 max-w-72 truncate rounded-md border border-transparent bg-transparent px-1.5 text-sm font-semibold [field-sizing:content] hover:border-line-strong focus:border-accent focus:bg-surface focus:outline-none"
      onChange={(event) => setText(event.target.value)}
      onBlur={() => void keep()}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") {
          setText(kept);
          requestAnimationFrame(() => (event.target as HTMLInputElement).blur());
        }
      }}
    />
  );
}
