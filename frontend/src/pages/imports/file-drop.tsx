import { FileInput } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { filesOf } from "@/data/dropped";
import type { SentFile } from "@/data/imports";
import { t } from "@/texts";
import { Spinner } from "@/ui";

interface Props {
  isBusy: boolean;
  onFiles: (files: SentFile[]) => void;
}

function holdsFiles(event: DragEvent): event is DragEvent & { dataTransfer: DataTransfer } {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** Takes files that are dropped anywhere on the page, and says so while they are held over it. */
export function FileDrop({ isBusy, onFiles }: Props) {
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent(async (transfer: DataTransfer) => {
    if (!isBusy) onFiles(await filesOf(transfer));
  });
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      // A field of its own takes what is held over it.
      setOver(!event.defaultPrevented);
      event.preventDefault();
    };
    const leave = (event: DragEvent) => {
      // Only out of the window: between two elements there is always one that it went to.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!holdsFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      void take(event.dataTransfer);
    };
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, []);
  if (!isOver && !isBusy) return null;
  return (
    <div
      data-testid="file-drop"
      className="pointer-events-none fixed inset-0 z-40 grid animate-fade-in place-items-center bg-bg/75 p-6 backdrop-blur-[2px]"
    >
      <div
        role="status"
        className="flex items-center gap-3 rounded-xl border-2 border-dashed border-accent bg-raised px-8 py-6 text-base font-semibold shadow-lg"
      >
        {isBusy ? <Spinner /> : <FileInput aria-hidden className="size-5 text-accent" />}
        {isBusy ? t.imports.busy : t.imports.dropNow}
      </div>
    </div>
  );
}
