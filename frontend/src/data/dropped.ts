/** Files that were dropped or chosen, folders looked through, with their path in what was sent. */
import type { SentFile } from "@/data/imports";

const MOST = 500;
/** Nothing of these is ever read, and they are large. */
const LEFT_OUT = /(^|\/)(\.git|node_modules|\.venv|__pycache__)(\/|$)/;

export async function filesOf(transfer: DataTransfer, most = MOST): Promise<SentFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (entries.length === 0) return chosen(transfer.files, most);
  const found: SentFile[] = [];
  for (const entry of entries) await collect(entry, "", found, most);
  return withoutRoot(found);
}

export function chosen(files: FileList | null, most = MOST): SentFile[] {
  const found = [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  return withoutRoot(found.filter(({ path }) => !LEFT_OUT.test(path)).slice(0, most));
}

async function collect(
  entry: FileSystemEntry,
  folder: string,
  found: SentFile[],
  most: number,
): Promise<void> {
  const path = folder ? `${folder}/${entry.name}` : entry.name;
  if (LEFT_OUT.test(path) || found.length >= most) return;
  if (entry.isFile) {
    const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed));
    found.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (part.length === 0) return;
    for (const inner of part) await collect(inner, path, found, most);
  }
}

/** The folder that everything is in is the project itself. */
function withoutRoot(files: SentFile[]): SentFile[] {
  const roots = new Set(files.map(({ path }) => path.split("/")[0]));
  if (roots.size !== 1 || files.some(({ path }) => !path.includes("/"))) return files;
  return files.map(({ path, file }) => ({ path: path.slice(path.indexOf("/") + 1), file }));
}
