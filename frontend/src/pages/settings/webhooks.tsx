import { useQuery } from "@tanstack/react-query";
import { Plus, Webhook as WebhookIcon } from "lucide-react";
import { useState } from "react";
import { z } from "zod";
import { useApiForm } from "@/app/form";
import {
  type NewWebhook,
  useAddWebhook,
  useRemoveWebhook,
  useSwitchWebhook,
  useTryWebhook,
  type Webhook,
  type WebhookTarget,
  webhooksQuery,
  webhookTargetsQuery,
} from "@/data/notifications";
import { t } from "@/texts";
import {
  Button,
  ConfirmDialog,
  CopyButton,
  EmptyState,
  ErrorState,
  Field,
  FormDialog,
  Input,
  Notice,
  Segmented,
  Select,
  SkeletonRows,
  Switch,
  Time,
  toast,
} from "@/ui";
import { Section } from "./section";

const words = t.notifications.webhooks;
const BAD = ["run.failed", "run.rolled_back", "build.failed", "cluster.lost"] as const;
const OF_WHAT = [
  { value: "all", label: words.all },
  { value: "bad", label: words.bad },
] as const;

/** Addresses of one's own that are called with what one is told. */
export function Webhooks() {
  const found = useQuery(webhooksQuery);
  const [isAdding, setAdding] = useState(false);
  const [made, setMade] = useState<NewWebhook | null>(null);
  const add = (
    <Button onClick={() => setAdding(true)}>
      <Plus />
      {words.add}
    </Button>
  );
  const isEmpty = found.data?.webhooks.length === 0;
  return (
    <>
      <Section title={words.title} text={words.text} actions={isEmpty || !found.data ? undefined : add}>
        {made && <Secret webhook={made} onDone={() => setMade(null)} />}
        {found.isPending ? (
          <SkeletonRows count={2} />
        ) : found.isError && !found.data ? (
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        ) : isEmpty ? (
          <EmptyState icon={<WebhookIcon />} title={words.empty} actions={add}>
            {words.emptyText}
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {found.data.webhooks.map((webhook) => (
              <WebhookRow key={webhook.id} webhook={webhook} onRemoved={() => setMade(null)} />
            ))}
          </ul>
        )}
      </Section>
      {isAdding && (
        <AddDialog
          onClose={() => setAdding(false)}
          onAdded={(webhook, target) => {
            // A chat checks no signature: its people need no secret.
            if (target) toast.done(words.added(target.display_name));
            else setMade(webhook);
            setAdding(false);
          }}
        />
      )}
    </>
  );
}

const OWN = "own";
const schema = z.object({
  target: z.string(),
  url: z.string().trim().min(1, t.errors.required),
  kinds: z.enum(["all", "bad"]),
  secrets: z.record(z.string(), z.string()),
});
const EMPTY: z.infer<typeof schema> = { target: OWN, url: "", kinds: "all", secrets: {} };

interface AddDialogProps {
  onClose: () => void;
  onAdded: (webhook: NewWebhook, target: WebhookTarget | undefined) => void;
}

function AddDialog({ onClose, onAdded }: AddDialogProps) {
  const add = useAddWebhook();
  const targets = useQuery(webhookTargetsQuery).data?.targets ?? [];
  const form = useApiForm(schema, EMPTY, async ({ url, kinds, secrets }) => {
    const body = { url, kinds: kinds === "bad" ? [...BAD] : [] };
    onAdded(await add.mutateAsync(target ? { ...body, target: target.id, secrets } : body), target);
  });
  const chosen = form.watch("target");
  const target = targets.find((each) => each.id === chosen);

  function choose(id: string): void {
    form.setValue("target", id);
    form.setValue("secrets", {});
    form.setValue("url", targets.find((each) => each.id === id)?.url ?? "");
    form.clearErrors();
  }

  return (
    <FormDialog
      id="webhook-add"
      title={words.add}
      description={target ? target.description : words.addText}
      action={words.addAction}
      isBusy={form.formState.isSubmitting}
      onClose={onClose}
      onSubmit={form.send}
      problem={form.problem}
    >
      {targets.length > 0 && (
        <Field label={words.target}>
          <Select
            value={chosen}
            onValueChange={choose}
            options={[
              { value: OWN, label: words.own, note: words.ownNote },
              ...targets.map((each) => ({
                value: each.id,
                label: each.display_name,
                note: each.description,
              })),
            ]}
          />
        </Field>
      )}
      {target?.secrets.map((secret) => (
        <Field key={`${target.id} ${secret.name}`} label={secret.title} hint={secret.help}>
          <Input
            type="password"
            autoComplete="off"
            spellCheck={false}
            required
            {...form.register(`secrets.${secret.name}`)}
          />
        </Field>
      ))}
      <Field
        label={words.url}
        hint={target?.url_hint ? words.targetUrlHint(target.url_hint) : target ? undefined : words.urlHint}
        error={form.errorOf("url")}
      >
        <Input
          autoFocus
          autoComplete="off"
          spellCheck={false}
          placeholder={target ? target.url_hint : "https://example.com/hooks/sailcloth"}
          {...form.register("url")}
        />
      </Field>
      <div className="flex flex-col gap-1.5">
        <span className="text-sm font-medium">{words.kinds}</span>
        <Segmented
          label={words.kinds}
          options={OF_WHAT}
          value={form.watch("kinds")}
          onValueChange={(kinds) => form.setValue("kinds", kinds)}
        />
      </div>
    </FormDialog>
  );
}

/** The one time that a secret is shown. It stays until one says that one has it. */
function Secret({ webhook, onDone }: { webhook: NewWebhook; onDone: () => void }) {
  return (
    <section aria-label={words.madeTitle} className="flex flex-col gap-3 border-b border-line p-5">
      <Notice tone="ok">{words.madeText}</Notice>
      <div className="flex min-w-0 items-center gap-1 rounded-md bg-sunken py-1 pr-1 pl-3">
        <code className="min-w-0 flex-1 font-mono text-sm break-all select-all">{webhook.secret}</code>
        <CopyButton text={webhook.secret} label={words.copy} />
      </div>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 text-xs text-pretty text-ink-3">{words.signature}</p>
        <Button size="sm" onClick={onDone}>
          {words.haveIt}
        </Button>
      </div>
    </section>
  );
}

function WebhookRow({ webhook, onRemoved }: { webhook: Webhook; onRemoved: () => void }) {
  const { data } = useQuery(webhookTargetsQuery);
  const service = data?.targets.find((each) => each.id === webhook.target)?.display_name ?? webhook.target;
  const choose = useSwitchWebhook();
  const tryOut = useTryWebhook();
  const remove = useRemoveWebhook();
  const [isAsking, setAsking] = useState(false);
  const { id, url, kinds, is_enabled, problem, tried_at } = webhook;
  return (
    <li className="flex flex-col gap-2 px-5 py-3" data-testid="webhook">
      <div className="flex min-w-0 items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="truncate font-mono text-sm" title={url}>
            {url}
          </p>
          <p className="text-xs text-ink-3">
            {service && `${service} · `}
            {words.ofKinds(kinds.length)} · {tried_at ? (problem ? words.notArrived : words.ok) : words.never}
            {tried_at && (
              <>
                {" "}
                <Time value={tried_at} />
              </>
            )}
          </p>
          {problem && <p className="mt-0.5 text-xs text-pretty text-bad-ink">{problem}</p>}
        </div>
        <Button
          size="sm"
          aria-label={words.testOf(url)}
          isBusy={tryOut.isPending}
          onClick={() => tryOut.mutate(id)}
        >
          {words.test}
        </Button>
        <Button size="sm" aria-label={words.removeOf(url)} onClick={() => setAsking(true)}>
          {words.remove}
        </Button>
        <Switch
          label={<span className="sr-only">{words.use(url)}</span>}
          isOn={is_enabled}
          isBusy={choose.isPending}
          onChange={(isOn) => choose.mutate({ id, is_enabled: isOn })}
        />
      </div>
      {!is_enabled && webhook.failures > 0 && <Notice>{words.off}</Notice>}
      <ConfirmDialog
        isOpen={isAsking}
        onOpenChange={setAsking}
        title={words.removeTitle}
        description={words.removeText(url)}
        action={words.remove}
        isBusy={remove.isPending}
        onConfirm={() => remove.mutate(id, { onSuccess: onRemoved })}
      />
    </li>
  );
}
