import { FileUp } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { t } from "@/texts";
import { Button, cn, Textarea, toast } from "@/ui";

interface FileTextareaProps {
  value: string;
  onValueChange: (text: string) => void;
  maxBytes: number;
  rows: number;
  placeholder: string;
}

/** Text that is typed, pasted, dropped as a file or chosen as one. */
export function FileTextarea({ value, onValueChange, maxBytes, rows, placeholder }: FileTextareaProps) {
  const [isOver, setOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);

  async function take(file: File | undefined): Promise<void> {
    if (!file) return;
    if (file.size > maxBytes) {
      toast.failed(new Error(t.clusters.fileTooLarge));
      return;
    }
    onValueChange(await file.text());
  }

  const hasFile = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one way of three; the others need no pointer
    <div
      className="relative"
      onDragOver={(event) => {
        if (!hasFile(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        if (!hasFile(event)) return;
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files[0]);
      }}
    >
      <Textarea
        rows={rows}
        value={value}
        placeholder={placeholder}
        className={cn("font-mono text-xs sm:text-xs", isOver && "border-accent")}
        onChange={(event) => onValueChange(event.target.value)}
      />
      {isOver && (
        <div className="pointer-events-none absolute inset-0 grid place-items-center rounded-md border-2 border-dashed border-accent bg-surface/90 text-sm font-medium text-accent-ink">
          {t.clusters.dropHere}
        </div>
      )}
      {!value && (
        <Button size="sm" className="absolute right-2 bottom-3" onClick={() => chooser.current?.click()}>
          <FileUp />
          {t.clusters.chooseFile}
        </Button>
      )}
      <input
        ref={chooser}
        type="file"
        tabIndex={-1}
        aria-hidden
        className="hidden"
        onChange={(event) => {
          void take(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
    </div>
  );
}
