import { useQuery } from "@tanstack/react-query";
import { KeySquare, Plus } from "lucide-react";
import { useState } from "react";
import { usePageTitle } from "@/app/title";
import { type NewToken, type Token, tokensQuery, useRevokeToken } from "@/data/tokens";
import { t } from "@/texts";
import {
  Badge,
  Button,
  ConfirmDialog,
  CopyButton,
  EmptyState,
  ErrorState,
  Notice,
  SkeletonRows,
  Time,
} from "@/ui";
import { Section } from "./section";
import { MakeTokenDialog } from "./token-form";

export function TokensPage() {
  usePageTitle(t.settings.tokens.title);
  const tokens = useQuery(tokensQuery);
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<NewToken | null>(null);
  const make = (
    <Button variant="primary" onClick={() => setMaking(true)}>
      <Plus />
      {t.settings.tokens.make}
    </Button>
  );
  const isEmpty = tokens.data?.tokens.length === 0;
  return (
    <>
      <Section
        title={t.settings.tokens.title}
        text={t.settings.tokens.text}
        actions={isEmpty || !tokens.data ? undefined : make}
      >
        {made && <MadeToken token={made} onDone={() => setMade(null)} />}
        {tokens.isPending ? (
          <SkeletonRows count={3} />
        ) : tokens.isError && !tokens.data ? (
          <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} />
        ) : isEmpty ? (
          <EmptyState icon={<KeySquare />} title={t.settings.tokens.empty} actions={make}>
            {t.settings.tokens.emptyText}
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {tokens.data.tokens.map((token) => (
              <TokenRow key={token.id} token={token} onRevoked={() => setMade(null)} />
            ))}
          </ul>
        )}
      </Section>
      {isMaking && (
        <MakeTokenDialog
          onClose={() => setMaking(false)}
          onMade={(token) => {
            setMade(token);
            setMaking(false);
          }}
        />
      )}
    </>
  );
}

/** The one time that a token is shown. It stays until one says that one has it: a dialog is closed too easily. */
function MadeToken({ token, onDone }: { token: NewToken; onDone: () => void }) {
  return (
    <section
      aria-label={t.settings.tokens.madeTitle(token.name)}
      className="flex flex-col gap-3 border-b border-line p-5"
    >
      <Notice tone="ok">{t.settings.tokens.madeText(token.name)}</Notice>
      <div className="flex min-w-0 items-center gap-1 rounded-md bg-sunken py-1 pr-1 pl-3">
        <code className="min-w-0 flex-1 font-mono text-sm break-all select-all">{token.token}</code>
        <CopyButton text={token.token} label={t.settings.tokens.copy} />
      </div>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-xs text-pretty text-ink-3">{t.settings.tokens.use}</p>
        <Button size="sm" onClick={onDone}>
          {t.settings.tokens.haveIt}
        </Button>
      </div>
    </section>
  );
}

function TokenRow({ token, onRevoked }: { token: Token; onRevoked: () => void }) {
  const revoke = useRevokeToken();
  const [isAsking, setAsking] = useState(false);
  const words = t.settings.tokens;
  return (
    <li className="flex items-center gap-3 px-5 py-3">
      <span className="grid size-9 shrink-0 place-items-center rounded-md bg-sunken text-ink-3 [&_svg]:size-4">
        <KeySquare />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 text-sm font-medium">
          <span className="truncate">{token.name}</span>
          {token.scopes.map((scope) => (
            <Badge key={scope}>{words.scopeNames[scope]}</Badge>
          ))}
          {token.is_expired && <Badge tone="warn">{words.expired}</Badge>}
        </p>
        <p className="text-xs text-ink-3">
          <code className="font-mono">{token.hint}…</code> ·{" "}
          {token.last_used_at ? (
            <>
              {words.lastUsed} <Time value={token.last_used_at} />
              {token.last_used_ip && ` ${words.from(token.last_used_ip)}`}
            </>
          ) : (
            words.neverUsed
          )}{" "}
          · {token.is_expired ? words.endedOn : words.endsOn} <Time value={token.expires_at} />
        </p>
      </div>
      <Button size="sm" aria-label={words.revokeOf(token.name)} onClick={() => setAsking(true)}>
        {words.revoke}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onOpenChange={setAsking}
        title={words.revokeTitle(token.name)}
        description={words.revokeText}
        action={words.revokeAction}
        isBusy={revoke.isPending}
        onConfirm={() =>
          revoke.mutate(token.id, {
            onSuccess: onRevoked,
            onSettled: () => setAsking(false),
          })
        }
      />
    </li>
  );
}
