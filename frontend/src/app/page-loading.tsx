import { t } from "@/texts";
import { Spinner } from "@/ui";

export function PageLoading() {
  return (
    <div
      role="status"
      aria-label={t.ui.loading}
      className="grid h-full min-h-40 place-items-center text-ink-3"
    >
      <Spinner className="size-5" />
    </div>
  );
}
