import { useNavigate } from "@tanstack/react-router";
import { useUpload } from "@/data/imports";
import { toast } from "@/ui";
import { FileDrop } from "./file-drop";

/** For a page about something else: files that are dropped on it lead to their report. */
export function ImportOnDrop() {
  const navigate = useNavigate();
  const upload = useUpload();
  return (
    <FileDrop
      isBusy={upload.isPending}
      onFiles={(files) => {
        if (files.length === 0) return;
        upload.mutate(files, {
          onSuccess: (found) =>
            void navigate({ to: "/import/$importId", params: { importId: found.id }, search: {} }),
          onError: toast.failed,
        });
      }}
    />
  );
}
