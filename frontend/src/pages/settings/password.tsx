import { useMutation, useQuery } from "@tanstack/react-query";
import { z } from "zod";
import { api, call } from "@/api";
import { useApiForm } from "@/app/form";
import { usePageTitle } from "@/app/title";
import { useSession } from "@/auth/session";
import { profileQuery } from "@/data/account";
import { t } from "@/texts";
import { Button, Field, Notice, PasswordInput, toast } from "@/ui";
import { Section } from "./section";

const schema = z
  .object({
    current_password: z.string().min(1, t.errors.required),
    new_password: z.string().min(8, t.errors.passwordLength),
    again: z.string(),
  })
  .refine((values) => values.new_password === values.again, {
    path: ["again"],
    message: t.errors.passwordMatch,
  });

const empty = { current_password: "", new_password: "", again: "" };

export function PasswordPage() {
  usePageTitle(t.settings.password.title);
  const profile = useQuery(profileQuery);
  return profile.data?.data.has_password === false ? (
    <NoPassword email={profile.data.data.email} />
  ) : (
    <Change />
  );
}

/** Whoever signs in by a provider chooses their first password as one who forgot theirs. */
function NoPassword({ email }: { email: string }) {
  const ask = useMutation({
    mutationFn: () => call(api.POST("/v1/api/auth/password/forgot/", { body: { email } })),
    onSuccess: ({ message }) => toast.note(message),
    onError: toast.failed,
  });
  return (
    <Section title={t.settings.password.title}>
      <div className="flex flex-wrap items-center justify-between gap-3 p-5">
        <p className="min-w-0 flex-1 text-sm text-pretty text-ink-2">{t.settings.password.none}</p>
        <Button isBusy={ask.isPending} onClick={() => ask.mutate()}>
          {t.settings.password.getLink}
        </Button>
      </div>
    </Section>
  );
}

function Change() {
  const email = useSession((state) => state.user?.email ?? "");
  const form = useApiForm(schema, empty, async ({ current_password, new_password }) => {
    await call(api.PUT("/v1/api/profile/password/", { body: { current_password, new_password } }));
    toast.done(t.settings.password.changed);
    form.reset(empty);
  });
  return (
    <Section title={t.settings.password.title} text={t.settings.password.text}>
      <form onSubmit={form.send} noValidate>
        {/* For password managers: whose password it is. */}
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <div className="flex flex-col gap-4 p-5">
          {form.problem && <Notice>{form.problem}</Notice>}
          <Field label={t.settings.password.current} error={form.errorOf("current_password")}>
            <PasswordInput autoComplete="current-password" {...form.register("current_password")} />
          </Field>
          <Field
            label={t.settings.password.next}
            error={form.errorOf("new_password")}
            hint={t.auth.passwordHint}
          >
            <PasswordInput autoComplete="new-password" {...form.register("new_password")} />
          </Field>
          <Field label={t.settings.password.again} error={form.errorOf("again")}>
            <PasswordInput autoComplete="new-password" {...form.register("again")} />
          </Field>
        </div>
        <div className="flex justify-end border-t border-line px-5 py-3">
          <Button type="submit" variant="primary" isBusy={form.formState.isSubmitting}>
            {t.settings.password.change}
          </Button>
        </div>
      </form>
    </Section>
  );
}
