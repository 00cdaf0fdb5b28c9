import { useQuery } from "@tanstack/react-query";
import { GitCompare, Pencil, RotateCcw, Save, Tag } from "lucide-react";
import { useState } from "react";
import {
  Badge,
  Button,
  ConfirmDialog,
  ErrorState,
  Field,
  IconButton,
  Input,
  Popover,
  SkeletonRows,
  toast,
} from "@/ui";
import { createVersion, getVersions, getWorkflow, nameVersion, restoreVersion } from "../api/calls";
import { useEditor, useLive } from "../editor";
import type { Version } from "../model/types";
import { CompareDialog } from "../operate/CompareDialog";
import { t } from "../texts";

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The pictures that were kept, newest first; any of them can come back onto the canvas. */
export function VersionsList() {
  const { workflow } = useEditor();
  const latest = useLive((state) => state.run?.version);
  const versions = useQuery({
    queryKey: ["editor", "versions", workflow.id, latest],
    queryFn: () => getVersions(workflow.id),
  });
  const [chosen, setChosen] = useState<Version | null>(null);
  const [compared, setCompared] = useState<number | null>(null);
  if (versions.isPending) return <SkeletonRows count={3} />;
  if (versions.error) {
    return <ErrorState error={versions.error} onRetry={() => void versions.refetch()} className="py-6" />;
  }
  return (
    <>
      <SaveVersion onSaved={() => void versions.refetch()} />
      {versions.data.length === 0 && <p className="py-6 text-center text-sm text-ink-3">{t.versions.none}</p>}
      <ul className="flex flex-col pb-1">
        {versions.data.map((version) => (
          <li
            key={version.version}
            className="flex items-center gap-4 rounded-md px-3 py-1.5 text-sm hover:bg-hover"
          >
            <span className="w-24 shrink-0">{t.run.version(version.version)}</span>
            <span className="flex min-w-0 flex-1 items-center gap-2 text-xs text-ink-2">
              {(version.name || version.description) && (
                <span className="truncate">{version.name || version.description}</span>
              )}
              {version.tag && (
                <Badge tone="accent">
                  <Tag /> {version.tag}
                </Badge>
              )}
              {version.is_automatic && <Badge>{t.versions.automatic}</Badge>}
              {version.restored_from && (
                <Badge tone="info">{t.versions.restored(version.restored_from)}</Badge>
              )}
            </span>
            <time dateTime={version.created_at} className="shrink-0 text-xs text-ink-3 tabular-nums">
              {TIME.format(new Date(version.created_at))}
            </time>
            {workflow.role !== "viewer" && (
              <NameVersion version={version} onDone={() => void versions.refetch()} />
            )}
            <Button
              size="sm"
              variant="ghost"
              aria-label={t.operate.compare.openWith(version.version)}
              data-testid="version-compare"
              onClick={() => setCompared(version.version)}
            >
              <GitCompare />
              {t.operate.compare.open}
            </Button>
            <Button size="sm" variant="ghost" onClick={() => setChosen(version)}>
              <RotateCcw />
              {t.versions.restore}
            </Button>
          </li>
        ))}
      </ul>
      {compared !== null && (
        <CompareDialog version={compared} versions={versions.data} onClose={() => setCompared(null)} />
      )}
      <RestoreDialog
        version={chosen}
        onClose={() => setChosen(null)}
        onDone={() => void versions.refetch()}
      />
    </>
  );
}

function SaveVersion({ onSaved }: { onSaved: () => void }) {
  const { autosave, workflow } = useEditor();
  const [name, setName] = useState("");
  const [tag, setTag] = useState("");
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      if (!(await autosave.flush())) throw new Error(t.plan.notSaved);
      const made = await createVersion(workflow.id, { name: name.trim(), tag: tag.trim() });
      await refreshEtag(workflow.id, autosave);
      setName("");
      setTag("");
      toast.done(t.versions.saved(made.version));
      onSaved();
    } catch (error) {
      toast.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="flex items-center gap-2 px-3 py-2"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Input
        aria-label={t.versions.saveName}
        placeholder={t.versions.saveName}
        value={name}
        className="h-7 max-w-64"
        onChange={(event) => setName(event.target.value)}
      />
      <Input
        aria-label={t.versions.saveTag}
        placeholder={t.versions.saveTag}
        value={tag}
        className="h-7 max-w-32"
        onChange={(event) => setTag(event.target.value)}
      />
      <Button size="sm" type="submit" isBusy={isBusy}>
        <Save />
        {t.versions.save}
      </Button>
    </form>
  );
}

/** Another name or tag: what a version holds never changes. */
function NameVersion({ version, onDone }: { version: Version; onDone: () => void }) {
  const { workflow } = useEditor();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState(version.name);
  const [tag, setTag] = useState(version.tag);
  const title = t.versions.nameIt(version.version);
  const save = async () => {
    try {
      await nameVersion(workflow.id, version.version, { name: name.trim(), tag: tag.trim() });
      setOpen(false);
      onDone();
    } catch (error) {
      toast.failed(error);
    }
  };
  return (
    <Popover
      label={title}
      isOpen={isOpen}
      onOpenChange={setOpen}
      align="end"
      trigger={
        <IconButton size="sm" label={title} data-testid="version-name">
          <Pencil />
        </IconButton>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label={t.versions.saveName}>
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={t.versions.saveTag}>
          <Input value={tag} onChange={(event) => setTag(event.target.value)} />
        </Field>
        <Button size="sm" variant="primary" type="submit" className="self-end">
          {t.versions.keepName}
        </Button>
      </form>
    </Popover>
  );
}

/** Making a version may touch the workflow's row, and with it the ETag of the next save. */
async function refreshEtag(workflowId: string, autosave: { etag: string | null }): Promise<void> {
  autosave.etag = (await getWorkflow(workflowId)).etag;
}

interface RestoreProps {
  version: Version | null;
  onClose: () => void;
  onDone: () => void;
}

function RestoreDialog({ version, onClose, onDone }: RestoreProps) {
  const { autosave, workflow } = useEditor();
  const [isBusy, setBusy] = useState(false);
  if (!version) return null;
  const restore = async () => {
    setBusy(true);
    try {
      await autosave.flush();
      await restoreVersion(workflow.id, version.version);
      await autosave.takeTheirs();
      toast.done(t.versions.restoredDone(version.version));
      onDone();
      onClose();
    } catch (error) {
      toast.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t.versions.restore}
      description={t.versions.restoreText(version.version)}
      action={t.versions.restore}
      isDanger={false}
      isBusy={isBusy}
      onConfirm={() => void restore()}
    />
  );
}
