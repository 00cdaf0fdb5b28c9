import { Link, useRouter } from "@tanstack/react-router";
import { z } from "zod";
import { useApiForm } from "@/app/form";
import { safeNext } from "@/app/safe-next";
import { usePageTitle } from "@/app/title";
import { register } from "@/auth/session";
import { t } from "@/texts";
import { Button, ErrorState, Field, Input, Notice, PasswordInput, Skeleton } from "@/ui";
import { Heading, linkClass, Providers, useMethods, useNext } from "./parts";

const schema = z.object({
  name: z.string().trim().min(1, t.errors.required).max(200, t.errors.tooLong(200)),
  email: z.string().trim().min(1, t.errors.required).pipe(z.email(t.errors.email)),
  password: z.string().min(8, t.errors.passwordLength),
  invite_code: z.string().trim(),
});

export function RegisterPage() {
  usePageTitle(t.auth.registerTitle);
  const methods = useMethods();
  const next = useNext();
  if (methods.isError) return <ErrorState error={methods.error} onRetry={() => void methods.refetch()} />;
  return (
    <>
      <Heading title={t.auth.registerTitle}>
        {methods.data?.password.signup === "closed" ? t.auth.closed : t.auth.registerText}
      </Heading>
      {methods.isPending ? (
        <div className="flex flex-col gap-4">
          <Skeleton className="h-9" />
          <Skeleton className="h-9" />
          <Skeleton className="h-9" />
          <Skeleton className="h-10" />
        </div>
      ) : (
        methods.data.password.signup !== "closed" && (
          <>
            <Providers providers={methods.data.providers} hasPassword={methods.data.password.enabled} />
            {methods.data.password.enabled && (
              <RegisterForm needsCode={methods.data.password.signup === "invite"} />
            )}
          </>
        )
      )}
      <p className="mt-6 text-sm text-ink-2">
        {t.auth.haveAccount}{" "}
        <Link to="/sign-in" search={next} className={linkClass}>
          {t.auth.signIn}
        </Link>
      </p>
    </>
  );
}

function RegisterForm({ needsCode }: { needsCode: boolean }) {
  const router = useRouter();
  const next = useNext();
  const empty = { name: "", email: "", password: "", invite_code: "" };
  const form = useApiForm(schema, empty, async ({ invite_code, ...values }) => {
    await register({ ...values, ...(invite_code ? { invite_code } : {}) });
    router.history.push(safeNext(next.next));
  });
  return (
    <form className="flex flex-col gap-4" onSubmit={form.send} noValidate>
      {form.problem && <Notice>{form.problem}</Notice>}
      <Field label={t.auth.name} error={form.errorOf("name")}>
        <Input autoComplete="name" autoFocus className="h-9" {...form.register("name")} />
      </Field>
      <Field label={t.auth.email} error={form.errorOf("email")}>
        <Input
          type="email"
          inputMode="email"
          autoComplete="username"
          className="h-9"
          {...form.register("email")}
        />
      </Field>
      <Field label={t.auth.password} error={form.errorOf("password")} hint={t.auth.passwordHint}>
        <PasswordInput autoComplete="new-password" className="h-9" {...form.register("password")} />
      </Field>
      {needsCode && (
        <Field label={t.auth.inviteCode} error={form.errorOf("invite_code")} hint={t.auth.inviteHint}>
          <Input className="h-9 font-mono" {...form.register("invite_code")} />
        </Field>
      )}
      <Button
        type="submit"
        variant="primary"
        size="lg"
        className="mt-1 w-full"
        isBusy={form.formState.isSubmitting}
      >
        {t.auth.register}
      </Button>
    </form>
  );
}
