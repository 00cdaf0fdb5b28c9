import { isApiError, messageOf } from "@/api";
import { type Cluster, useDeleteCluster } from "@/data/clusters";
import { t } from "@/texts";
import { ConfirmDialog, Notice } from "@/ui";

interface DeleteDialogProps {
  cluster: Cluster;
  onClose: () => void;
  onDeleted: () => void;
}

/** Credentials cannot be brought back, so this is asked. What still runs there is named before it is forced. */
export function DeleteDialog({ cluster, onClose, onDeleted }: DeleteDialogProps) {
  const remove = useDeleteCluster();
  const isInUse = isApiError(remove.error, "cluster_in_use");
  const targets = isApiError(remove.error) ? remove.error.details.targets : undefined;
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t.clusters.removeTitle(cluster.name)}
      description={t.clusters.removeText}
      action={isInUse ? t.clusters.removeForce : t.clusters.removeAction}
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate({ name: cluster.name, force: isInUse }, { onSuccess: onDeleted })}
    >
      {remove.isError && (
        <Notice tone={isInUse ? "warn" : "bad"} className="mt-4">
          {isInUse && Array.isArray(targets) && targets.length > 0 ? (
            <>
              {t.clusters.removeInUse}
              <ul className="mt-1 list-disc pl-5">
                {targets.map((target) => (
                  <li key={String(target)}>{String(target)}</li>
                ))}
              </ul>
            </>
          ) : (
            messageOf(remove.error)
          )}
        </Notice>
      )}
    </ConfirmDialog>
  );
}
