import { useMatchRoute, useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent } from "react";
import { type Import, type SentFile, useAnalyze, useUpload } from "@/data/imports";
import { toast } from "@/ui";
import { FileDrop } from "./file-drop";
import { meaningOf } from "./meaning";

/** On whatever page one is: files that are dropped, and what is pasted outside of a field, lead to their report; over
 *  an open workflow, to a report of what would be added to it. */
export default function ImportAnywhere() {
  const match = useMatchRoute();
  const opened = match({ to: "/workflows/$workflowId" });
  const into = opened ? opened.workflowId : undefined;
  const navigate = useNavigate();
  const upload = useUpload();
  const analyze = useAnalyze();
  const settle = {
    onSuccess: (found: Import) =>
      void navigate({ to: "/import/$importId", params: { importId: found.id }, search: { into } }),
    onError: toast.failed,
  };
  const isBusy = upload.isPending || analyze.isPending;
  const paste = useEffectEvent((event: ClipboardEvent) => {
    if (event.defaultPrevented || isBusy || isMeantElsewhere(event.target)) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const meaning = meaningOf(text);
    if (meaning === null) return;
    event.preventDefault();
    if (meaning === "repository") {
      void navigate({ to: "/import", search: { into, by: "git", url: text.trim() } });
    } else {
      analyze.mutate(text, settle);
    }
  });
  useEffect(() => {
    const listen = (event: ClipboardEvent) => paste(event);
    window.addEventListener("paste", listen);
    return () => window.removeEventListener("paste", listen);
  }, []);
  const take = (files: SentFile[]) => {
    if (files.length > 0) upload.mutate(files, settle);
  };
  return <FileDrop isBusy={isBusy} onFiles={take} />;
}

/** In a field, or while a dialog asks for something. */
function isMeantElsewhere(target: EventTarget | null): boolean {
  const isField =
    target instanceof Element && target.closest("input, textarea, select, [contenteditable=true]") !== null;
  return isField || document.querySelector("[role=dialog][data-state=open], [role=alertdialog]") !== null;
}
