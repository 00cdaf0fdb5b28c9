import { useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { t } from "@/texts";
import { Spinner } from "@/ui";

const EditorPage = lazy(() => import("@/editor"));

/** The canvas is the heaviest part by far: only who opens a workflow fetches it. */
export function EditorRoute() {
  const { workflowId } = useParams({ from: "/member/workflows/$workflowId" });
  return (
    <Suspense
      fallback={
        <div role="status" className="grid h-full place-items-center text-sm text-ink-3">
          <span className="flex items-center gap-2.5">
            <Spinner /> {t.editor.loading}
          </span>
        </div>
      }
    >
      <EditorPage key={workflowId} workflowId={workflowId} />
    </Suspense>
  );
}
