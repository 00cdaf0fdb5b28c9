import { useRouter } from "@tanstack/react-router";
import { CircleOff } from "lucide-react";
import { isApiError } from "@/api/errors";
import { t } from "@/texts";
import { Button, EmptyState, ErrorState } from "@/ui";
import { NotFoundPage } from "./not-found";

/** After a new build the old chunks are gone: then only the page itself is out of date. */
function isStaleBuild(error: unknown): boolean {
  return (
    error instanceof Error && /dynamically imported module|Importing a module script/i.test(error.message)
  );
}

export function CrashPage({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  if (isApiError(error)) {
    if (error.isMissing) return <NotFoundPage />;
    return (
      <ErrorState
        error={error}
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    );
  }
  return (
    <EmptyState
      icon={<CircleOff />}
      title={isStaleBuild(error) ? t.errors.newBuildTitle : t.errors.crashTitle}
      actions={
        <Button variant="primary" onClick={() => window.location.reload()}>
          {t.errors.reload}
        </Button>
      }
    >
      {isStaleBuild(error) ? t.errors.newBuildText : t.errors.crashText}
    </EmptyState>
  );
}
