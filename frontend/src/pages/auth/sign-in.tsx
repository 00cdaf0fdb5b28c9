import { Link, useRouter, useSearch } from "@tanstack/react-router";
import { z } from "zod";
import { useApiForm } from "@/app/form";
import { safeNext } from "@/app/safe-next";
import { usePageTitle } from "@/app/title";
import { signIn } from "@/auth/session";
import { t } from "@/texts";
import { Button, ErrorState, Field, Input, Notice, PasswordInput, Skeleton } from "@/ui";
import { Heading, linkClass, Providers, useMethods, useNext } from "./parts";
import { SignInProblem } from "./sign-in-problem";

const schema = z.object({
  email: z.string().trim().min(1, t.errors.required),
  password: z.string().min(1, t.errors.required),
});

export function SignInPage() {
  usePageTitle(t.auth.signInTitle);
  const methods = useMethods();
  const next = useNext();
  const { error, provider } = useSearch({ from: "/guest" });
  if (methods.isError) return <ErrorState error={methods.error} onRetry={() => void methods.refetch()} />;
  return (
    <>
      <Heading title={t.auth.signInTitle}>{t.auth.signInText(t.product)}</Heading>
      <SignInProblem error={error} provider={provider} />
      {methods.isPending ? (
        <div className="flex flex-col gap-4">
          <Skeleton className="h-9" />
          <Skeleton className="h-9" />
          <Skeleton className="h-10" />
        </div>
      ) : (
        <>
          <Providers providers={methods.data.providers} hasPassword={methods.data.password.enabled} />
          {methods.data.password.enabled && <PasswordForm />}
          {methods.data.password.signup !== "closed" && (
            <p className="mt-6 text-sm text-ink-2">
              {t.auth.noAccount}{" "}
              <Link to="/register" search={next} className={linkClass}>
                {t.auth.register}
              </Link>
            </p>
          )}
        </>
      )}
    </>
  );
}

function PasswordForm() {
  const router = useRouter();
  const next = useNext();
  const form = useApiForm(schema, { email: "", password: "" }, async (values) => {
    await signIn(values);
    router.history.push(safeNext(next.next));
  });
  return (
    <form className="flex flex-col gap-4" onSubmit={form.send} noValidate>
      {form.problem && <Notice>{form.problem}</Notice>}
      <Field label={t.auth.email} error={form.errorOf("email")}>
        <Input
          type="email"
          inputMode="email"
          autoComplete="username"
          autoFocus
          className="h-9"
          {...form.register("email")}
        />
      </Field>
      <Field
        label={t.auth.password}
        error={form.errorOf("password")}
        aside={
          <Link to="/forgot-password" className={linkClass} tabIndex={0}>
            {t.auth.forgot}
          </Link>
        }
      >
        <PasswordInput autoComplete="current-password" className="h-9" {...form.register("password")} />
      </Field>
      <Button
        type="submit"
        variant="primary"
        size="lg"
        className="mt-1 w-full"
        isBusy={form.formState.isSubmitting}
      >
        {t.auth.signIn}
      </Button>
    </form>
  );
}
