import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronRight, FileInput, FileUp, FolderUp } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { ApiError, messageOf } from "@/api/errors";
import { Page } from "@/app/page";
import { type Import, recentImportsQuery, type SentFile, useAnalyze, useUpload } from "@/data/imports";
import { t } from "@/texts";
import { Button, Card, cn, Field, Notice, Spinner, Textarea, Time } from "@/ui";
import { chosen, filesOf } from "./dropped";

const SHOWN = 8;

export function ImportPage() {
  const navigate = useNavigate();
  const upload = useUpload();
  const analyze = useAnalyze();
  const [text, setText] = useState("");
  const isBusy = upload.isPending || analyze.isPending;
  const failed = upload.error ?? analyze.error;
  const open = (found: Import | null) => {
    if (found) void navigate({ to: "/import/$importId", params: { importId: found.id }, search: {} });
  };
  const send = async (files: SentFile[]) => {
    analyze.reset();
    if (files.length > 0) open(await upload.mutateAsync(files).catch(() => null));
  };
  const paste = async (event: React.FormEvent) => {
    event.preventDefault();
    upload.reset();
    open(await analyze.mutateAsync(text).catch(() => null));
  };
  return (
    <Page title={t.imports.title} subtitle={t.imports.subtitle}>
      <div className="flex flex-col gap-4">
        {failed && <Refusal error={failed} />}
        <DropZone isBusy={isBusy} onFiles={(files) => void send(files)} />
        <Card className="p-4">
          <form className="flex flex-col gap-3" onSubmit={(event) => void paste(event)}>
            <Field label={t.imports.paste} aside={t.imports.or}>
              <Textarea
                rows={9}
                spellCheck={false}
                className="font-mono text-xs"
                placeholder={"services:\n  web:\n    image: nginx:1.27\n    ports: ['8080:80']"}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            </Field>
            <div>
              <Button
                type="submit"
                variant="primary"
                disabled={text.trim() === ""}
                isBusy={analyze.isPending}
              >
                {t.imports.analyze}
              </Button>
            </div>
          </form>
        </Card>
        <Recent />
      </div>
    </Page>
  );
}

interface Violation {
  file: string;
  path: string;
  message: string;
}

/** What is wrong with the files: all of it, each with its place. */
function Refusal({ error }: { error: unknown }) {
  const found =
    error instanceof ApiError ? (error.details?.violations as Violation[] | undefined) : undefined;
  if (!found || found.length < 2) return <Notice>{messageOf(error)}</Notice>;
  return (
    <Notice>
      <p className="font-medium">{t.imports.cannotTitle}</p>
      <ul className="mt-1 list-disc pl-4">
        {found.slice(0, SHOWN).map((each) => (
          <li key={`${each.file}${each.path}${each.message}`}>
            {[each.file, each.path].filter(Boolean).join(": ")} {each.message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function DropZone({ isBusy, onFiles }: { isBusy: boolean; onFiles: (files: SentFile[]) => void }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFiles(await filesOf(event.dataTransfer));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the buttons are the first
    <div
      data-testid="drop-zone"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => void drop(event)}
      className={cn(
        "grid place-items-center rounded-xl border-2 border-dashed px-6 py-12 text-center transition-colors",
        isOver ? "border-accent bg-accent-soft" : "border-line-strong bg-surface",
      )}
    >
      {isBusy ? (
        <p role="status" className="flex items-center gap-2.5 py-7 text-sm text-ink-2">
          <Spinner /> {t.imports.busy}
        </p>
      ) : (
        <div>
          <div className="mx-auto mb-3 grid size-11 place-items-center rounded-xl border border-line bg-surface text-ink-3 shadow-sm [&_svg]:size-5">
            <FileInput />
          </div>
          <h2 className="text-base font-semibold">{isOver ? t.imports.dropNow : t.imports.dropTitle}</h2>
          <p className="mt-1 text-sm text-ink-2">{t.imports.dropText}</p>
          <div className="mt-4 flex flex-wrap justify-center gap-2">
            <Button variant="primary" onClick={() => files.current?.click()}>
              <FileUp />
              {t.imports.choose}
            </Button>
            <Button onClick={() => folder.current?.click()}>
              <FolderUp />
              {t.imports.chooseFolder}
            </Button>
          </div>
        </div>
      )}
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label={t.imports.choose}
        data-testid="choose-files"
        onChange={(event) => onFiles(chosen(event.target.files))}
      />
      <input
        ref={(element) => {
          folder.current = element;
          element?.setAttribute("webkitdirectory", "");
        }}
        type="file"
        hidden
        aria-label={t.imports.chooseFolder}
        onChange={(event) => onFiles(chosen(event.target.files))}
      />
    </div>
  );
}

/** What was looked through lately and may be gone on with. */
function Recent() {
  const recent = useQuery(recentImportsQuery);
  const found = recent.data?.imports ?? [];
  if (found.length === 0) return null;
  return (
    <section>
      <h2 className="mb-2 text-sm font-medium">
        {t.imports.recent} <span className="font-normal text-ink-3">· {t.imports.expires}</span>
      </h2>
      <Card className="divide-y divide-line">
        {found.map((each) => (
          <Link
            key={each.id}
            to="/import/$importId"
            params={{ importId: each.id }}
            search={{}}
            className="flex items-center gap-3 px-4 py-2.5 text-sm hover:bg-hover"
          >
            <span className="min-w-0 flex-1 truncate">{each.source.name}</span>
            <span className="text-xs text-ink-3">
              <Time value={each.created_at} />
            </span>
            <ChevronRight aria-hidden className="size-4 text-ink-3" />
          </Link>
        ))}
      </Card>
    </section>
  );
}
