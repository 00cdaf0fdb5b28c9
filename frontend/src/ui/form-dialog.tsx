import type { ReactNode } from "react";
import { t } from "@/texts";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Notice } from "./states";

interface FormDialogProps {
  id: string;
  title: string;
  description?: string;
  action: string;
  isBusy: boolean;
  onClose: () => void;
  onSubmit: (event: React.SyntheticEvent) => Promise<void>;
  problem: string | null;
  children: ReactNode;
}

/** A form in a dialog, its buttons at the foot. */
export function FormDialog({
  id,
  title,
  description,
  action,
  isBusy,
  onClose,
  onSubmit,
  problem,
  children,
}: FormDialogProps) {
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={title}
      description={description}
      className="max-w-xl"
      footer={
        <>
          {/* Beside the button that was pressed: the head of a long form may be out of sight. */}
          {problem && <Notice className="basis-full">{problem}</Notice>}
          <Button onClick={onClose}>{t.ui.cancel}</Button>
          <Button type="submit" form={id} variant="primary" isBusy={isBusy}>
            {action}
          </Button>
        </>
      }
    >
      <form id={id} className="flex flex-col gap-4" onSubmit={onSubmit} noValidate>
        {children}
      </form>
    </Dialog>
  );
}
