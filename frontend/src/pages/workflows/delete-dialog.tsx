import { useState } from "react";
import { useDeleteWorkflow, type WorkflowItem } from "@/data/workflows";
import { t } from "@/texts";
import { Checkbox, ConfirmDialog } from "@/ui";

/** Asked only for what may run somewhere: the workflow comes back with an undo, what it deployed would not. */
export function DeleteDialog({ workflow, onClose }: { workflow: WorkflowItem; onClose: () => void }) {
  const [cleanup, setCleanup] = useState(false);
  const remove = useDeleteWorkflow();
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t.workflows.deleteTitle(workflow.name)}
      description={t.workflows.deleteText}
      action={t.ui.delete}
      onConfirm={() => {
        remove.mutate({ workflow, cleanup });
        onClose();
      }}
    >
      <Checkbox
        className="mt-4"
        isOn={cleanup}
        onChange={setCleanup}
        label={t.workflows.cleanup}
        note={t.workflows.cleanupNote}
      />
    </ConfirmDialog>
  );
}
