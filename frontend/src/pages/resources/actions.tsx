import { MoreHorizontal, RotateCw, Scaling, Trash2 } from "lucide-react";
import { useState } from "react";
import { messageOf } from "@/api";
import { type Resource, useDeleteResource, useRestart, useScale } from "@/data/resources";
import { t } from "@/texts";
import { Button, ConfirmDialog, Dialog, Field, IconButton, Input, Menu, Notice } from "@/ui";

type Asked = "scale" | "restart" | "delete" | null;

/** What one may do with it; the server says which. */
export function ResourceActions({ resource }: { resource: Resource }) {
  const [asked, setAsked] = useState<Asked>(null);
  const may = new Set(resource.actions);
  const close = () => setAsked(null);
  return (
    <>
      {may.has("scale") && (
        <Button onClick={() => setAsked("scale")} data-testid="resource-scale">
          <Scaling />
          {t.resources.scale}
          {resource.replicas && (
            <span className="text-ink-3 tabular-nums">
              {resource.replicas.ready}/{resource.replicas.desired}
            </span>
          )}
        </Button>
      )}
      {may.has("restart") && (
        <Button onClick={() => setAsked("restart")} data-testid="resource-restart">
          <RotateCw />
          {t.resources.restart}
        </Button>
      )}
      {may.has("delete") && (
        <Menu
          trigger={
            <IconButton label={t.ui.more} hideTooltip variant="secondary" data-testid="resource-more">
              <MoreHorizontal />
            </IconButton>
          }
          items={[
            {
              label: t.resources.delete,
              icon: <Trash2 />,
              isDanger: true,
              onSelect: () => setAsked("delete"),
            },
          ]}
        />
      )}
      {asked === "scale" && <ScaleDialog resource={resource} onClose={close} />}
      {asked === "restart" && <RestartDialog resource={resource} onClose={close} />}
      {asked === "delete" && <DeleteDialog resource={resource} onClose={close} />}
    </>
  );
}

interface DialogProps {
  resource: Resource;
  onClose: () => void;
}

function ScaleDialog({ resource, onClose }: DialogProps) {
  const scale = useScale(resource);
  const [text, setText] = useState(String(resource.replicas?.desired ?? 1));
  const count = Number(text);
  const isFit = /^\d{1,4}$/.test(text) && count <= 1000;
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t.resources.scaleTitle(resource.name)}
      className="max-w-sm"
      footer={
        <>
          <Button onClick={onClose}>{t.ui.cancel}</Button>
          <Button type="submit" form="scale" variant="primary" isBusy={scale.isPending} disabled={!isFit}>
            {t.resources.scale}
          </Button>
        </>
      }
    >
      <form
        id="scale"
        onSubmit={(event) => {
          event.preventDefault();
          scale.mutate(count, { onSuccess: onClose });
        }}
      >
        {scale.isError && <Notice className="mb-3">{messageOf(scale.error)}</Notice>}
        <Field label={t.resources.replicas} hint={t.resources.replicasHint}>
          <Input
            autoFocus
            type="number"
            min={0}
            max={1000}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
      </form>
    </Dialog>
  );
}

function RestartDialog({ resource, onClose }: DialogProps) {
  const restart = useRestart(resource);
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t.resources.restartTitle(resource.name)}
      description={t.resources.restartText}
      action={t.resources.restart}
      isDanger={false}
      isBusy={restart.isPending}
      onConfirm={() => restart.mutate(undefined, { onSettled: onClose })}
    />
  );
}

/** What cannot be taken back is asked for by name. */
function DeleteDialog({ resource, onClose }: DialogProps) {
  const remove = useDeleteResource(resource);
  const [typed, setTyped] = useState("");
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t.resources.deleteTitle(resource.name)}
      description={t.resources.deleteText(resource.kind)}
      className="max-w-md"
      footer={
        <>
          <Button onClick={onClose}>{t.ui.cancel}</Button>
          <Button
            type="submit"
            form="delete-resource"
            variant="danger"
            isBusy={remove.isPending}
            disabled={typed !== resource.name}
          >
            {t.resources.deleteAction}
          </Button>
        </>
      }
    >
      <form
        id="delete-resource"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === resource.name) remove.mutate(undefined, { onSuccess: onClose });
        }}
      >
        {remove.isError && <Notice className="mb-3">{messageOf(remove.error)}</Notice>}
        <Field label={t.resources.deleteType(resource.name)}>
          <Input
            autoFocus
            className="font-mono"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
      </form>
    </Dialog>
  );
}
