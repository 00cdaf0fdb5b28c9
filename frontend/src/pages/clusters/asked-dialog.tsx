import type { Asked } from "./actions";
import { DeleteDialog } from "./delete-dialog";
import { CredentialsDialog, EditDialog } from "./forms";

const ignore = () => undefined;

interface AskedDialogProps {
  asked: Asked;
  onClose: () => void;
  onRenamed?: (name: string) => void;
  onDeleted: () => void;
}

export function AskedDialog({ asked, onClose, onRenamed, onDeleted }: AskedDialogProps) {
  switch (asked?.kind) {
    case "edit":
      return <EditDialog cluster={asked.cluster} onClose={onClose} onRenamed={onRenamed ?? ignore} />;
    case "credentials":
      return <CredentialsDialog cluster={asked.cluster} onClose={onClose} />;
    case "delete":
      return <DeleteDialog cluster={asked.cluster} onClose={onClose} onDeleted={onDeleted} />;
    default:
      return null;
  }
}
