import { RotateCw } from "lucide-react";
import { messageOf } from "@/api/errors";
import { Button, Spinner } from "@/ui";
import { t } from "../texts";
import type { ClusterKinds } from "./useClusterKinds";

/** Below the palette: that a cluster is asked for its kinds, or why they are not there. */
export function KindsState({ kinds }: { kinds: ClusterKinds }) {
  const { cluster } = kinds;
  if (cluster === null || kinds.is === "known") return null;
  return (
    <div
      data-testid="kinds-state"
      data-state={kinds.is}
      role="status"
      className="flex shrink-0 items-center gap-2 border-t border-line py-2 pr-2 pl-3.5 text-2xs text-ink-3"
    >
      {kinds.is === "asking" ? (
        <>
          <Spinner className="size-3" /> {t.palette.askingKinds(cluster)}
        </>
      ) : (
        <>
          <span className="min-w-0 flex-1 text-pretty" title={messageOf(kinds.error)}>
            {t.palette.noKinds(cluster)}
          </span>
          <Button
            size="sm"
            variant="ghost"
            aria-label={t.palette.askKindsAgain(cluster)}
            onClick={kinds.again}
          >
            <RotateCw />
          </Button>
        </>
      )}
    </div>
  );
}
