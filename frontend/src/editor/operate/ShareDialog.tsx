/** Who else may see or change this workflow. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { UserPlus, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { messageOf } from "@/api/errors";
import {
  Badge,
  Button,
  Dialog,
  ErrorState,
  Field,
  IconButton,
  Input,
  Select,
  SkeletonRows,
  Tooltip,
  toast,
} from "@/ui";
import { useEditor, useView } from "../editor";
import { t } from "../texts";
import { getShares, type Share, type ShareRole, share, unshare } from "./calls";

const words = t.operate.sharing;
const ROLES: readonly ShareRole[] = ["viewer", "editor"];

export function ShareDialog() {
  const { view } = useEditor();
  const isOpen = useView((state) => state.isShareOpen);
  if (!isOpen) return null;
  return <OpenDialog onClose={() => view.setState({ isShareOpen: false })} />;
}

function OpenDialog({ onClose }: { onClose: () => void }) {
  const { workflow } = useEditor();
  const key = ["editor", "shares", workflow.id];
  const client = useQueryClient();
  const shares = useQuery({ queryKey: key, queryFn: () => getShares(workflow.id) });
  const refresh = () => client.invalidateQueries({ queryKey: key });
  return (
    <Dialog
      isOpen
      onOpenChange={(next) => !next && onClose()}
      title={words.title(workflow.name)}
      description={words.text}
      className="max-w-xl"
    >
      <div className="flex flex-col gap-5" data-testid="share-dialog">
        <AddForm workflowId={workflow.id} onAdded={refresh} />
        <section aria-label={words.people}>
          <h3 className="mb-2 text-sm font-medium">{words.people}</h3>
          {shares.isPending ? (
            <SkeletonRows count={1} className="rounded-lg border border-line" />
          ) : shares.isError ? (
            <ErrorState className="py-6" error={shares.error} onRetry={() => void shares.refetch()} />
          ) : shares.data.length === 0 ? (
            <p className="rounded-lg border border-line px-3 py-4 text-center text-sm text-ink-3">
              {words.empty}
            </p>
          ) : (
            <ul className="divide-y divide-line rounded-lg border border-line">
              {shares.data.map((one) => (
                <Person key={one.id} workflowId={workflow.id} share={one} onChanged={refresh} />
              ))}
            </ul>
          )}
        </section>
      </div>
    </Dialog>
  );
}

function AddForm({ workflowId, onAdded }: { workflowId: string; onAdded: () => Promise<void> }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<ShareRole>("viewer");
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!/^\S+@\S+$/.test(email.trim())) return setProblem(words.badEmail);
    setBusy(true);
    try {
      const made = await share(workflowId, email.trim(), role);
      toast.done(words.added(made.name || made.email));
      setEmail("");
      setProblem(undefined);
      await onAdded();
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="flex flex-wrap items-start gap-2.5" onSubmit={(event) => void send(event)} noValidate>
      <Field label={words.email} error={problem} className="min-w-52 flex-1">
        <Input
          type="email"
          inputMode="email"
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </Field>
      <Field label={words.role} className="w-36">
        <Select
          value={role}
          onValueChange={setRole}
          options={ROLES.map((one) => ({ value: one, label: words.roles[one], note: words.roleNotes[one] }))}
        />
      </Field>
      <Button type="submit" variant="primary" isBusy={isBusy} className="mt-6.5">
        <UserPlus />
        {words.add}
      </Button>
    </form>
  );
}

function Person({
  workflowId,
  share: one,
  onChanged,
}: {
  workflowId: string;
  share: Share;
  onChanged: () => Promise<void>;
}) {
  const [isBusy, setBusy] = useState(false);
  const who = one.name || one.email;
  const change = async (action: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await action();
      await onChanged();
    } catch (error) {
      toast.failed(error);
    } finally {
      setBusy(false);
    }
  };
  const remove = async () => {
    await unshare(workflowId, one.id);
    toast.done(words.removed(who));
  };
  return (
    <li className="flex items-center gap-2.5 py-2 pr-1.5 pl-3 text-sm" data-testid="share-row">
      <span className="min-w-0 flex-1">
        <span className="block truncate">{who}</span>
        {one.name && <span className="block truncate text-xs text-ink-3">{one.email}</span>}
      </span>
      {one.status === "pending" && (
        <Tooltip label={words.pendingHint}>
          <span>
            <Badge tone="warn">{words.pending}</Badge>
          </span>
        </Tooltip>
      )}
      <Select
        className="h-7 w-28"
        label={`${words.role}: ${who}`}
        value={one.role}
        isDisabled={isBusy}
        onValueChange={(role) => void change(() => share(workflowId, one.email, role))}
        options={ROLES.map((role) => ({ value: role, label: words.roles[role] }))}
      />
      <IconButton size="sm" label={words.remove(who)} isBusy={isBusy} onClick={() => void change(remove)}>
        <X />
      </IconButton>
    </li>
  );
}
