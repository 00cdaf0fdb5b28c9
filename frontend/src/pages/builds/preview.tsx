import { FileCode2, PencilLine, Search } from "lucide-react";
import { useState } from "react";
import { ApiError } from "@/api";
import { type BuildPreview, usePreview } from "@/data/builds";
import { t } from "@/texts";
import { Badge, Button, Notice } from "@/ui";
import { refusalOf, sourceOf } from "./draft";
import type { BuildForm } from "./new-page";

const words = t.builds.form.preview;

/** What would be built: the source's own Dockerfile, or the one that is written for it, to be kept and changed. */
export function Preview({ form }: { form: BuildForm }) {
  const preview = usePreview();
  const [seen, setSeen] = useState<{ of: string; found: BuildPreview } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const draft = form.watch();
  const asked = JSON.stringify([sourceOf(draft), draft.dockerfile]);
  const isReady = draft.kind === "git" ? draft.git_url.trim() !== "" : draft.upload !== null;
  const look = async () => {
    setProblem(null);
    form.clearErrors();
    try {
      const found = await preview.mutateAsync({ source: sourceOf(draft), dockerfile: draft.dockerfile });
      setSeen({ of: asked, found });
    } catch (error) {
      setSeen(null);
      setProblem(shown(form, refusalOf(error, draft)));
    }
  };
  const found = seen?.of === asked ? seen.found : null;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Button
          size="sm"
          isBusy={preview.isPending}
          aria-disabled={!isReady || undefined}
          onClick={() => isReady && void look()}
        >
          <Search />
          {words.look}
        </Button>
        <span className="text-xs text-ink-3">{preview.isPending ? words.looking : !found && words.hint}</span>
      </div>
      {problem && <Notice>{problem}</Notice>}
      {found && !found.dockerfile_text && <Notice tone="warn">{found.reason}</Notice>}
      {found?.dockerfile_text && (
        <Shown
          found={found}
          onKeep={() => {
            form.setValue("where", "here");
            form.setValue("text", found.dockerfile_text);
          }}
        />
      )}
    </div>
  );
}

function Shown({ found, onKeep }: { found: BuildPreview; onKeep: () => void }) {
  return (
    <section
      aria-label={words.title}
      data-testid="build-preview"
      className="overflow-hidden rounded-lg border border-line"
    >
      <header className="flex flex-wrap items-center justify-between gap-2 border-b border-line bg-sunken/60 px-3 py-2">
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2 gap-y-1 text-sm">
          <FileCode2 aria-hidden className="size-4 shrink-0 text-ink-3" />
          <span className="font-medium">{found.is_detected ? words.written : found.path}</span>
          {found.language && <Badge tone="info">{found.language}</Badge>}
          {found.port !== null && <Badge>{words.port(found.port)}</Badge>}
        </div>
        <Button size="sm" onClick={onKeep}>
          <PencilLine />
          {found.is_detected ? words.keep : words.change}
        </Button>
      </header>
      {found.is_detected && (
        <p className="border-b border-line px-3 py-1.5 text-xs text-pretty text-ink-2">
          {words.because(found.reason)}
        </p>
      )}
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is longer than its box is scrolled by key
        tabIndex={0}
        className="max-h-72 overflow-auto px-3 py-2 font-mono text-xs leading-5 focus-visible:-outline-offset-2"
      >
        {found.dockerfile_text}
      </pre>
    </section>
  );
}

/** On the fields that can be changed; what is left is said here. */
function shown(form: BuildForm, error: unknown): string | null {
  if (!(error instanceof ApiError)) return t.errors.unknown;
  let isPlaced = false;
  for (const [name, texts] of Object.entries(error.fields)) {
    if (!(name in form.getValues())) continue;
    form.setError(name as "git_url", { type: "server", message: texts[0] ?? "" }, { shouldFocus: true });
    isPlaced = true;
  }
  return isPlaced ? null : error.message;
}
