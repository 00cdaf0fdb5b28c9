/** A folder as one archive, made here, file by file, so that the page stays awake. */
import { Zip, ZipDeflate } from "fflate";
import type { SentFile } from "@/data/imports";

export async function packed(files: readonly SentFile[], name: string): Promise<File> {
  const parts: BlobPart[] = [];
  let failed: Error | null = null;
  const zip = new Zip((error, part) => {
    if (error) failed = error;
    else parts.push(part as Uint8Array<ArrayBuffer>);
  });
  for (const { path, file } of files) {
    const entry = new ZipDeflate(path, { level: 6 });
    zip.add(entry);
    await write(file, entry);
    if (failed) throw failed;
  }
  zip.end();
  if (failed) throw failed;
  return new File(parts, `${name}.zip`, { type: "application/zip" });
}

async function write(file: File, entry: ZipDeflate): Promise<void> {
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    entry.push(value ?? new Uint8Array(), done);
    if (done) return;
  }
}
