import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { z } from "zod";
import { useApiForm } from "@/app/form";
import { Page } from "@/app/page";
import { type GitLogin, gitLoginsQuery, useKeepGitLogin, useRemoveGitLogin } from "@/data/git-logins";
import { t } from "@/texts";
import {
  Button,
  Card,
  ConfirmDialog,
  EmptyState,
  ErrorState,
  Field,
  FormDialog,
  Input,
  PasswordInput,
  SkeletonRows,
  Time,
} from "@/ui";
import { BackToBuilds } from "./back";

const words = t.gitLogins;

/** For which Git hosts one keeps a login. */
export function GitLoginsPage() {
  const search = useSearch({ from: "/member/builds/logins" });
  const navigate = useNavigate({ from: "/builds/logins" });
  const found = useQuery(gitLoginsQuery);
  const [leaving, setLeaving] = useState<GitLogin | null>(null);
  const setAdding = (add: string | undefined) => void navigate({ search: { add }, replace: true });
  const add = (
    <Button variant="primary" onClick={() => setAdding("")}>
      <Plus />
      {words.add}
    </Button>
  );
  const logins = found.data?.git_logins;
  return (
    <Page
      title={words.title}
      subtitle={words.subtitle}
      isForm
      back={<BackToBuilds />}
      actions={logins && logins.length > 0 && add}
    >
      <Card>
        {found.isError && !logins ? (
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        ) : !logins ? (
          <SkeletonRows count={2} />
        ) : logins.length === 0 ? (
          <EmptyState icon={<KeyRound />} title={words.emptyTitle} actions={add}>
            {words.emptyText}
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {logins.map((login) => (
              <li
                key={login.id}
                data-testid="git-login"
                className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-3"
              >
                <div className="min-w-0 flex-1 basis-56">
                  <p className="truncate font-mono text-sm" title={login.address}>
                    {login.address}
                  </p>
                  <p className="text-xs text-ink-3">
                    {words.as(login.username)} · {words.since} <Time value={login.updated_at} />
                  </p>
                </div>
                <Button size="sm" onClick={() => setAdding(login.address)}>
                  {words.replace}
                </Button>
                <Button size="sm" onClick={() => setLeaving(login)}>
                  {words.remove}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Card>
      {search.add !== undefined && <Keep address={search.add} onClose={() => setAdding(undefined)} />}
      {leaving && <Forget login={leaving} onClose={() => setLeaving(null)} />}
    </Page>
  );
}

const schema = z.object({
  git_url: z.string().trim().min(1, t.errors.required),
  username: z.string().trim(),
  token: z.string().min(1, t.errors.required),
});

function Keep({ address, onClose }: { address: string; onClose: () => void }) {
  const keep = useKeepGitLogin();
  const form = useApiForm(schema, { git_url: address, username: "", token: "" }, async (values) => {
    await keep.mutateAsync(values);
    onClose();
  });
  return (
    <FormDialog
      id="git-login"
      title={words.addTitle}
      description={words.addText}
      action={words.addAction}
      isBusy={form.formState.isSubmitting}
      onClose={onClose}
      onSubmit={form.send}
      problem={form.problem}
    >
      <Field label={words.host} hint={words.hostHint} error={form.errorOf("git_url")}>
        <Input
          className="font-mono"
          inputMode="url"
          placeholder="https://github.com"
          autoFocus={address === ""}
          {...form.register("git_url")}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={words.username} error={form.errorOf("username")} aside={t.ui.optional}>
          <Input autoComplete="off" {...form.register("username")} />
        </Field>
        <Field label={words.token} hint={words.tokenHint} error={form.errorOf("token")}>
          <PasswordInput autoComplete="new-password" {...form.register("token")} />
        </Field>
      </div>
    </FormDialog>
  );
}

function Forget({ login, onClose }: { login: GitLogin; onClose: () => void }) {
  const remove = useRemoveGitLogin();
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={words.removeTitle(login.address)}
      description={words.removeText}
      action={words.removeAction}
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate(login, { onSettled: onClose })}
    />
  );
}
