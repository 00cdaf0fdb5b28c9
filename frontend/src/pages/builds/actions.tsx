import { useNavigate } from "@tanstack/react-router";
import { Ban, RotateCw } from "lucide-react";
import { type BuildSummary, isUnderWay, useCancelBuild, useRetryBuild } from "@/data/builds";
import { t } from "@/texts";
import type { MenuItem } from "@/ui";

/** What can be done with a build in its state. */
export function useBuildActions(build: Pick<BuildSummary, "id" | "status" | "is_cancelling">) {
  const navigate = useNavigate();
  const cancel = useCancelBuild();
  const retry = useRetryBuild();
  const isRunning = isUnderWay(build);
  const again = () =>
    retry.mutate(build, {
      onSuccess: ({ id }) => void navigate({ to: "/builds/$buildId", params: { buildId: id }, search: {} }),
    });
  const stop = () => cancel.mutate(build);
  const items: MenuItem[] = [
    isRunning
      ? { label: t.builds.cancel, icon: <Ban />, isDisabled: build.is_cancelling, onSelect: stop }
      : { label: t.builds.retry, icon: <RotateCw />, onSelect: again },
  ];
  return { items, isRunning, stop, again, isBusy: cancel.isPending || retry.isPending };
}
