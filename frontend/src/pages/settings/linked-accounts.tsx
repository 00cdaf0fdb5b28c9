import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Link2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { z } from "zod";
import { messageOf } from "@/api";
import { useApiForm } from "@/app/form";
import { usePageTitle } from "@/app/title";
import { profileQuery } from "@/data/account";
import {
  departTo,
  type Identity,
  identitiesQuery,
  methodsQuery,
  type Provider,
  useLinkIdentity,
  useUnlinkIdentity,
} from "@/data/sign-in";
import { codeFromHash } from "@/pages/auth/parts";
import { ProviderIcon } from "@/pages/auth/provider-icon";
import { SignInProblem } from "@/pages/auth/sign-in-problem";
import { t } from "@/texts";
import {
  Button,
  ConfirmDialog,
  EmptyState,
  ErrorState,
  Field,
  FormDialog,
  Notice,
  PasswordInput,
  SkeletonRows,
  Time,
  toast,
} from "@/ui";
import { Section } from "./section";

const words = t.settings.linked;

export function LinkedAccountsPage() {
  usePageTitle(words.title);
  const { error, provider } = useSearch({ from: "/member/settings/linked-accounts" });
  const arrival = useArrival();
  // A list that was asked for before the link is made would not have it.
  const identities = useQuery({ ...identitiesQuery, enabled: !arrival.isUnderWay });
  const rows = identities.data?.identities;
  const hasProviders = (useQuery(methodsQuery).data?.providers.length ?? 0) > 0;
  return (
    <>
      <SignInProblem error={error} provider={provider} />
      {arrival.error && <Notice className="mb-4">{messageOf(arrival.error)}</Notice>}
      <Section title={words.title} text={words.text}>
        {identities.isPending ? (
          <SkeletonRows count={2} />
        ) : identities.isError && !rows ? (
          <ErrorState error={identities.error} onRetry={() => void identities.refetch()} />
        ) : rows?.length === 0 ? (
          <EmptyState icon={<Link2 />} title={words.empty} className="py-10">
            {hasProviders ? words.emptyText : words.noneText}
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {rows?.map((identity) => (
              <IdentityRow key={identity.id} identity={identity} />
            ))}
          </ul>
        )}
      </Section>
      {rows && <Others linked={rows} />}
    </>
  );
}

/** Back from a provider: the code behind # links the account, once. */
function useArrival() {
  const navigate = useNavigate();
  const link = useLinkIdentity();
  const [code] = useState(codeFromHash);
  const isSent = useRef(false);
  const { mutate } = link;
  useEffect(() => {
    if (!code || isSent.current) return;
    isSent.current = true;
    void navigate({ to: "/settings/linked-accounts", search: {}, hash: "", replace: true });
    mutate(code);
  }, [code, mutate, navigate]);
  return { error: link.error, isUnderWay: code !== "" && (link.isIdle || link.isPending) };
}

function IdentityRow({ identity }: { identity: Identity }) {
  const unlink = useUnlinkIdentity();
  const [isAsking, setAsking] = useState(false);
  return (
    <li className="flex items-center gap-3 px-5 py-3">
      <span className="grid size-9 shrink-0 place-items-center rounded-md bg-sunken text-ink-2">
        <ProviderIcon icon={identity.icon} name={identity.display_name} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium">{identity.display_name}</p>
        <p className="truncate text-xs text-ink-3">
          {identity.email} · {words.since} <Time value={identity.created_at} />
        </p>
      </div>
      <Button
        size="sm"
        aria-label={words.unlinkOf(identity.display_name, identity.email)}
        onClick={() => setAsking(true)}
      >
        {words.unlink}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onOpenChange={setAsking}
        title={words.unlinkTitle(identity.display_name)}
        description={words.unlinkText(identity.email)}
        action={words.unlink}
        isBusy={unlink.isPending}
        onConfirm={() => unlink.mutate(identity.id, { onSettled: () => setAsking(false) })}
      />
    </li>
  );
}

/** What can still be linked. */
function Others({ linked }: { linked: readonly Identity[] }) {
  const methods = useQuery(methodsQuery);
  const profile = useQuery(profileQuery);
  const [asked, setAsked] = useState<Provider | null>(null);
  const names = new Set(linked.map((identity) => identity.provider));
  const others = methods.data?.providers.filter((provider) => !names.has(provider.name)) ?? [];
  if (others.length === 0 || !profile.data) return null;
  const begin = (provider: Provider) => {
    if (profile.data.data.has_password) setAsked(provider);
    else void departTo(provider.name, "").catch(toast.failed);
  };
  return (
    <Section title={words.others} text={words.othersText}>
      <ul className="divide-y divide-line">
        {others.map((provider) => (
          <li key={provider.name} className="flex items-center gap-3 px-5 py-3">
            <span className="grid size-9 shrink-0 place-items-center rounded-md bg-sunken text-ink-2">
              <ProviderIcon icon={provider.icon} name={provider.display_name} />
            </span>
            <p className="min-w-0 flex-1 truncate text-sm font-medium">{provider.display_name}</p>
            <Button
              size="sm"
              aria-label={words.linkOf(provider.display_name)}
              onClick={() => begin(provider)}
            >
              {words.link}
            </Button>
          </li>
        ))}
      </ul>
      {asked && <PasswordDialog provider={asked} onClose={() => setAsked(null)} />}
    </Section>
  );
}

const schema = z.object({ current_password: z.string().min(1, t.errors.required) });

/** It opens the account, so it takes the password. */
function PasswordDialog({ provider, onClose }: { provider: Provider; onClose: () => void }) {
  const form = useApiForm(schema, { current_password: "" }, ({ current_password }) =>
    departTo(provider.name, current_password),
  );
  return (
    <FormDialog
      id="link-account"
      title={words.linkTitle(provider.display_name)}
      description={words.linkText(provider.display_name)}
      action={t.auth.continueWith(provider.display_name)}
      isBusy={form.formState.isSubmitting}
      problem={form.problem}
      onClose={onClose}
      onSubmit={form.send}
    >
      <Field label={t.settings.password.current} error={form.errorOf("current_password")}>
        <PasswordInput autoComplete="current-password" autoFocus {...form.register("current_password")} />
      </Field>
    </FormDialog>
  );
}
