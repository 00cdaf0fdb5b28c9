import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "@/api";
import { usePageTitle } from "@/app/title";
import { useSession } from "@/auth/session";
import { inviteQuery, openResetsQuery, useInvite } from "@/data/account";
import { t } from "@/texts";
import { Button, ConfirmDialog, CopyButton, ErrorState, Skeleton, SkeletonRows, Switch, Time } from "@/ui";
import { AdminsOnly } from "./admins-only";
import { Section } from "./section";

export function ServerPage() {
  usePageTitle(t.settings.server.title);
  const isAdmin = useSession((state) => state.user?.role === "admin");
  if (!isAdmin) return <AdminsOnly />;
  return (
    <>
      <InviteSection />
      <ResetsSection />
    </>
  );
}

function InviteSection() {
  const invite = useQuery(inviteQuery);
  const { generate, setRegenerate } = useInvite();
  const [isAsking, setAsking] = useState(false);
  if (invite.isPending) {
    return (
      <Section title={t.settings.server.invite}>
        <Skeleton className="m-5 h-16" />
      </Section>
    );
  }
  if (invite.isError && !invite.data) {
    return (
      <Section title={t.settings.server.invite}>
        <ErrorState error={invite.error} onRetry={() => void invite.refetch()} />
      </Section>
    );
  }
  const { invite_code: code, auto_regenerate } = invite.data;
  return (
    <Section
      title={t.settings.server.invite}
      text={code ? t.settings.server.inviteCode : t.settings.server.inviteOpen}
    >
      <div className="flex flex-wrap items-center gap-3 p-5">
        {code && (
          <span className="flex min-w-0 items-center gap-1 rounded-md bg-sunken py-0.5 pr-1 pl-3">
            <code className="truncate font-mono text-sm">{code}</code>
            <CopyButton text={code} />
          </span>
        )}
        <Button isBusy={generate.isPending} onClick={() => (code ? setAsking(true) : generate.mutate())}>
          {code ? t.settings.server.replace : t.settings.server.generate}
        </Button>
      </div>
      {code && (
        <div className="border-t border-line px-5 py-4">
          <Switch
            isOn={setRegenerate.isPending ? setRegenerate.variables : auto_regenerate}
            isBusy={setRegenerate.isPending}
            onChange={(isOn) => setRegenerate.mutate(isOn)}
            label={t.settings.server.regenerate}
            note={t.settings.server.regenerateNote}
          />
        </div>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        onOpenChange={setAsking}
        title={t.settings.server.replaceTitle}
        description={t.settings.server.replaceText}
        action={t.settings.server.replace}
        isDanger={false}
        onConfirm={() => {
          setAsking(false);
          generate.mutate();
        }}
      />
    </Section>
  );
}

function ResetsSection() {
  const resets = useQuery(openResetsQuery);
  return (
    <Section title={t.settings.server.resets} text={t.settings.server.resetsText}>
      {resets.isPending ? (
        <SkeletonRows count={2} />
      ) : resets.isError && !resets.data ? (
        <ErrorState error={resets.error} onRetry={() => void resets.refetch()} />
      ) : resets.data.password_resets.length === 0 ? (
        <p className="px-5 py-8 text-center text-sm text-ink-3">{t.settings.server.resetsEmpty}</p>
      ) : (
        <ul className="divide-y divide-line">
          {resets.data.password_resets.map((reset) => (
            <ResetRow key={reset.id} reset={reset} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function ResetRow({ reset }: { reset: Schemas["ResetOut"] }) {
  return (
    <li className="flex items-center gap-3 px-5 py-3">
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium">{reset.name}</p>
        <p className="truncate text-xs text-ink-3">
          {reset.email} · {t.settings.server.expires} <Time value={reset.expires_at} />
        </p>
      </div>
      {reset.link ? (
        <CopyButton text={reset.link} label={t.settings.server.copyLink} />
      ) : (
        <span className="text-xs text-ink-3">{t.settings.server.byMail}</span>
      )}
    </li>
  );
}
