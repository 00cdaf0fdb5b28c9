import { useNavigate, useSearch } from "@tanstack/react-router";
import { FileInput, FileUp, FolderUp } from "lucide-react";
import { useRef, useState } from "react";
import { Page } from "@/app/page";
import { chosen } from "@/data/dropped";
import { type Import, type SentFile, useAnalyze, useUpload } from "@/data/imports";
import { t } from "@/texts";
import { Button, Card, Field, Segmented, Textarea } from "@/ui";
import { ClusterForm } from "./cluster-form";
import { FileDrop } from "./file-drop";
import { GitForm } from "./git-form";
import { Recent } from "./recent";
import { Refusal } from "./refusal";

/** Pasted where a text belongs, it is meant as a repository. */
const ADDRESS = /^https?:\/\/\S+$/;

export function ImportPage() {
  const { into, by } = useSearch({ from: "/member/import" });
  const navigate = useNavigate();
  const upload = useUpload();
  const analyze = useAnalyze();
  const open = (found: Import) =>
    void navigate({ to: "/import/$importId", params: { importId: found.id }, search: { into } });
  const send = (files: SentFile[]) => {
    analyze.reset();
    if (files.length > 0) upload.mutate(files, { onSuccess: open });
  };
  const paste = (content: string) => {
    upload.reset();
    if (ADDRESS.test(content.trim())) {
      void navigate({ to: "/import", search: { into, by: "git", url: content.trim() } });
      return;
    }
    analyze.mutate(content, { onSuccess: open });
  };
  return (
    <Page title={t.imports.title} subtitle={t.imports.subtitle}>
      <div className="flex flex-col gap-4">
        <FileDrop isBusy={upload.isPending} onFiles={send} />
        <Segmented
          label={t.imports.ways}
          value={by ?? "files"}
          options={[
            { value: "files", label: t.imports.byFiles },
            { value: "git", label: t.imports.byGit },
            { value: "cluster", label: t.imports.byCluster },
          ]}
          onValueChange={(next) =>
            void navigate({ to: "/import", search: { into, by: next === "files" ? undefined : next } })
          }
          className="self-start"
        />
        {upload.error && <Refusal error={upload.error} />}
        {by === "git" && <GitForm />}
        {by === "cluster" && <ClusterForm />}
        {by === undefined && (
          <>
            <Chooser onFiles={send} />
            <PasteForm isBusy={analyze.isPending} error={analyze.error} onText={paste} />
          </>
        )}
        <Recent into={into} />
      </div>
    </Page>
  );
}

interface PasteProps {
  isBusy: boolean;
  error: unknown;
  onText: (text: string) => void;
}

function PasteForm({ isBusy, error, onText }: PasteProps) {
  const [text, setText] = useState("");
  return (
    <Card className="p-4">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          onText(text);
        }}
      >
        <Field label={t.imports.paste} aside={t.imports.or}>
          <Textarea
            rows={9}
            spellCheck={false}
            className="font-mono text-xs"
            placeholder={"services:\n  web:\n    image: nginx:1.27\n    ports: ['8080:80']"}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && text.trim()) onText(text);
            }}
          />
        </Field>
        {error != null && <Refusal error={error} />}
        <div>
          <Button type="submit" variant="primary" disabled={text.trim() === ""} isBusy={isBusy}>
            {t.imports.analyze}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Chooser({ onFiles }: { onFiles: (files: SentFile[]) => void }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  return (
    <div
      data-testid="drop-zone"
      className="grid place-items-center rounded-xl border-2 border-dashed border-line-strong bg-surface px-6 py-12 text-center"
    >
      <div>
        <div className="mx-auto mb-3 grid size-11 place-items-center rounded-xl border border-line bg-surface text-ink-3 shadow-sm [&_svg]:size-5">
          <FileInput />
        </div>
        <h2 className="text-base font-semibold">{t.imports.dropTitle}</h2>
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
