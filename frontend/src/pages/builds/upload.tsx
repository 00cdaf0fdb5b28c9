import { FileArchive, FileUp, FolderUp } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { messageOf } from "@/api/errors";
import { formatBytes } from "@/data/amounts";
import { useUploadSource } from "@/data/builds";
import { chosen, filesOf } from "@/data/dropped";
import type { SentFile } from "@/data/imports";
import { t } from "@/texts";
import { Button, cn, Notice, Spinner } from "@/ui";
import { packed } from "./pack";

const words = t.builds.form;
const MOST = 20_000;

interface Uploaded {
  id: string;
  name: string;
  size: number;
}

interface UploadProps {
  value: Uploaded | null;
  onChange: (value: Uploaded | null) => void;
  /** Why nothing can be built of it. */
  error: string | undefined;
}

/** An archive, or a folder that becomes one; it is on the server before the form is sent. */
export function Upload({ value, onChange, error }: UploadProps) {
  const upload = useUploadSource();
  const [isPacking, setPacking] = useState(false);
  const [isOver, setOver] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const archive = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);

  const send = async (files: readonly SentFile[], name: string) => {
    setProblem(null);
    try {
      const file = await archiveOf(files, name, setPacking);
      const kept = await upload.mutateAsync(file);
      onChange({ id: kept.upload, name: kept.filename, size: kept.size });
    } catch (failed) {
      setPacking(false);
      setProblem(messageOf(failed));
    }
  };
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const name = event.dataTransfer.items[0]?.webkitGetAsEntry?.()?.name ?? "";
    await send(await filesOf(event.dataTransfer, MOST + 1), name);
  };
  const choose = (input: HTMLInputElement) => {
    const name = (input.files?.[0]?.webkitRelativePath || "").split("/")[0] ?? "";
    const files = chosen(input.files, MOST + 1);
    // So that the same can be chosen again.
    input.value = "";
    if (files.length > 0 || name) void send(files, name);
  };
  const isBusy = isPacking || upload.isPending;
  return (
    <div className="flex flex-col gap-2">
      {problem && <Notice>{problem}</Notice>}
      {error && !value && <Notice>{error}</Notice>}
      <fieldset
        aria-label={words.kinds.upload}
        data-testid="upload-zone"
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => void drop(event)}
        className={cn(
          "grid place-items-center rounded-lg border-2 border-dashed px-6 py-8 text-center transition-colors",
          isOver ? "border-accent bg-accent-soft" : "border-line-strong bg-sunken/50",
        )}
      >
        {isBusy ? (
          <p role="status" className="flex items-center gap-2.5 py-4 text-sm text-ink-2">
            <Spinner />
            {isPacking ? words.packing : words.uploading(upload.variables?.name ?? "")}
          </p>
        ) : value ? (
          <div className="flex flex-wrap items-center justify-center gap-x-3 gap-y-2 py-2 text-sm">
            <FileArchive aria-hidden className="size-5 text-ok" />
            <span className="font-medium break-all">{value.name}</span>
            <span className="text-ink-3">{words.uploaded(formatBytes(value.size))}</span>
            <Button size="sm" onClick={() => onChange(null)}>
              {words.another}
            </Button>
          </div>
        ) : (
          <div>
            <p className="text-sm font-medium">{isOver ? words.letGo : words.drop}</p>
            <p className="mx-auto mt-1 max-w-md text-xs text-pretty text-ink-3">{words.dropText}</p>
            <div className="mt-3 flex flex-wrap justify-center gap-2">
              <Button onClick={() => archive.current?.click()}>
                <FileUp />
                {words.choose}
              </Button>
              <Button onClick={() => folder.current?.click()}>
                <FolderUp />
                {words.chooseFolder}
              </Button>
            </div>
          </div>
        )}
      </fieldset>
      <input
        ref={archive}
        type="file"
        hidden
        aria-label={words.choose}
        data-testid="choose-archive"
        onChange={(event) => choose(event.currentTarget)}
      />
      <input
        ref={(element) => {
          folder.current = element;
          element?.setAttribute("webkitdirectory", "");
        }}
        type="file"
        hidden
        aria-label={words.chooseFolder}
        data-testid="choose-folder"
        onChange={(event) => choose(event.currentTarget)}
      />
    </div>
  );
}

const ARCHIVE = /\.(zip|tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz))$/i;

/** One archive is sent as it is; everything else is packed. */
async function archiveOf(
  files: readonly SentFile[],
  name: string,
  onPacking: (isPacking: boolean) => void,
): Promise<File> {
  const [first] = files;
  if (!first) throw new Error(words.emptyFolder);
  if (files.length === 1 && ARCHIVE.test(first.file.name)) return first.file;
  if (files.length > MOST) throw new Error(words.tooMany(MOST));
  onPacking(true);
  const archive = await packed(files, name.replace(/\.[^.]*$/, "") || "source");
  onPacking(false);
  return archive;
}
