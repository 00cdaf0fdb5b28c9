import { FileArchive, FileCode2, GitBranch } from "lucide-react";
import type { BuildSummary } from "@/data/builds";
import { t } from "@/texts";

const ICONS = { git: GitBranch, upload: FileArchive, inline: FileCode2 };

/** A repository as people name it: without the scheme and the ending. */
export function shortAddress(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/(\.git)?\/?$/, "");
}

export function sourceWords({ source, revision }: Pick<BuildSummary, "source" | "revision">): string {
  if (source.kind === "upload") return t.builds.sources.upload;
  if (source.kind === "inline") {
    const files = source.files ?? [];
    return files.length > 1 ? t.builds.files(files.length) : t.builds.sources.inline;
  }
  const place = [source.ref, source.subdirectory].filter(Boolean).join(" · ");
  return [shortAddress(source.git_url ?? ""), place || revision.slice(0, 7)].filter(Boolean).join(" · ");
}

export function SourceLine({ build }: { build: Pick<BuildSummary, "source" | "revision"> }) {
  const Icon = ICONS[build.source.kind];
  const words = sourceWords(build);
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Icon aria-hidden className="size-3.5 shrink-0 text-ink-3" />
      <span className="truncate" title={words}>
        {words}
      </span>
    </span>
  );
}
