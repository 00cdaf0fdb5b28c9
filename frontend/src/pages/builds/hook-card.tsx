import { Link } from "@tanstack/react-router";
import { KeyRound, MoreHorizontal, Send, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { nameOf } from "@/data/builds";
import { type Hook, type NewHook, useRemoveHook, useRotateHook, useTestHook } from "@/data/hooks";
import { t } from "@/texts";
import { Badge, Button, Card, ConfirmDialog, CopyButton, IconButton, Menu, Time } from "@/ui";
import { Deliveries } from "./hook-deliveries";
import { HookSecret } from "./hook-secret";
import { shortAddress } from "./source";

const words = t.hooks;
const linkClass = "rounded-sm text-accent-ink hover:underline";

interface CardProps {
  hook: Hook;
  /** Just made, and not seen again; else null. */
  secret: string | null;
  onSecret: (hook: NewHook | null) => void;
}

/** One webhook: what it builds again, where it is called, and what came of the calls. */
export function HookCard({ hook, secret, onSecret }: CardProps) {
  const name = shortAddress(hook.git_url);
  const test = useTestHook();
  const [asks, setAsks] = useState<"rotate" | "remove" | null>(null);
  return (
    <Card data-testid="hook" className="overflow-hidden">
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-5 pt-4 pb-3">
        <div className="min-w-0">
          <div className="flex min-w-0 flex-wrap items-center gap-2">
            <h2 className="min-w-0 truncate text-base font-semibold" title={hook.git_url}>
              {name}
            </h2>
            <Badge>{words.providers[hook.provider]}</Badge>
          </div>
          <p className="mt-0.5 text-sm text-ink-2">
            {[words.branch(hook.ref), hook.subdirectory].filter(Boolean).join(" · ")}
          </p>
        </div>
        <div className="flex items-center gap-2">
          <Button size="sm" isBusy={test.isPending} onClick={() => test.mutate(hook.id)}>
            <Send />
            {words.test}
          </Button>
          <Menu
            trigger={
              <IconButton size="sm" label={words.actionsFor(name)} hideTooltip>
                <MoreHorizontal />
              </IconButton>
            }
            items={[
              { label: words.rotate, icon: <KeyRound />, onSelect: () => setAsks("rotate") },
              "separator",
              { label: words.remove, icon: <Trash2 />, isDanger: true, onSelect: () => setAsks("remove") },
            ]}
          />
        </div>
      </header>
      {secret && <HookSecret hook={hook} secret={secret} onDone={() => onSecret(null)} />}
      <dl className="flex flex-wrap items-center gap-x-6 gap-y-1.5 border-b border-line px-5 pb-3 text-sm">
        <Fact name={words.makes}>
          <span className="truncate font-mono text-xs" title={hook.image}>
            {nameOf(hook)}
          </span>
        </Fact>
        {hook.workflow_id && (
          <Fact name={words.forNode}>
            <Link
              to="/workflows/$workflowId"
              params={{ workflowId: hook.workflow_id }}
              search={hook.node_id ? { node: hook.node_id } : {}}
              className={linkClass}
            >
              {words.openNode}
            </Link>
          </Fact>
        )}
        <Fact name={words.lastUsed}>
          {hook.last_used_at ? (
            <Link
              to="/builds/$buildId"
              params={{ buildId: hook.build_id }}
              search={{}}
              className={linkClass}
              aria-label={words.openBuild}
            >
              <Time value={hook.last_used_at} />
            </Link>
          ) : (
            <span className="text-ink-3">{words.never}</span>
          )}
        </Fact>
        {!secret && (
          <Fact name={words.url}>
            <span className="truncate font-mono text-xs" title={hook.url}>
              {hook.url}
            </span>
            <CopyButton text={hook.url} label={words.copyUrl} />
          </Fact>
        )}
      </dl>
      <Deliveries hookId={hook.id} />
      {asks === "rotate" && <Rotate hook={hook} onSecret={onSecret} onClose={() => setAsks(null)} />}
      {asks === "remove" && <Remove hook={hook} onClose={() => setAsks(null)} />}
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex max-w-full min-w-0 items-center gap-1.5">
      <dt className="shrink-0 text-xs text-ink-3">{name}</dt>
      <dd className="flex min-w-0 items-center gap-1">{children}</dd>
    </div>
  );
}

interface AskProps {
  hook: Hook;
  onClose: () => void;
}

function Rotate({ hook, onSecret, onClose }: AskProps & { onSecret: (hook: NewHook) => void }) {
  const rotate = useRotateHook();
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={words.rotateTitle}
      description={words.rotateText}
      action={words.rotateAction}
      isBusy={rotate.isPending}
      onConfirm={() => rotate.mutate(hook.id, { onSuccess: onSecret, onSettled: onClose })}
    />
  );
}

function Remove({ hook, onClose }: AskProps) {
  const remove = useRemoveHook();
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={words.removeTitle}
      description={words.removeText}
      action={words.removeAction}
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate(hook.id, { onSettled: onClose })}
    />
  );
}
