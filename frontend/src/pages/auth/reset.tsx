import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { z } from "zod";
import { ApiError, api, call } from "@/api";
import { useApiForm } from "@/app/form";
import { usePageTitle } from "@/app/title";
import { signOut, useSession } from "@/auth/session";
import { t } from "@/texts";
import { Button, Field, Notice, PasswordInput, toast } from "@/ui";
import { codeFromHash, Heading, linkClass } from "./parts";

const schema = z
  .object({ password: z.string().min(8, t.errors.passwordLength), again: z.string() })
  .refine((values) => values.password === values.again, { path: ["again"], message: t.errors.passwordMatch });

export function ResetPage() {
  usePageTitle(t.auth.resetTitle);
  const navigate = useNavigate();
  const [code] = useState(codeFromHash);
  const form = useApiForm(schema, { password: "", again: "" }, async ({ password }) => {
    try {
      await call(api.POST("/v1/api/auth/password/reset/", { body: { code, password } }));
    } catch (error) {
      // The code has no field of its own here.
      if (error instanceof ApiError && error.field("code")) {
        throw new ApiError(error.status, error.code, error.field("code") ?? error.message);
      }
      throw error;
    }
    // Every session of the account has ended; a leftover one of this browser must not go on.
    if (useSession.getState().status === "signed-in") await signOut();
    toast.done(t.auth.resetDone);
    await navigate({ to: "/sign-in" });
  });
  return (
    <>
      <Heading title={t.auth.resetTitle}>{code ? t.auth.resetText : t.auth.resetNoCode}</Heading>
      {code ? (
        <form className="flex flex-col gap-4" onSubmit={form.send} noValidate>
          {form.problem && <Notice>{form.problem}</Notice>}
          <Field label={t.auth.newPassword} error={form.errorOf("password")} hint={t.auth.passwordHint}>
            <PasswordInput
              autoComplete="new-password"
              autoFocus
              className="h-9"
              {...form.register("password")}
            />
          </Field>
          <Field label={t.auth.repeatPassword} error={form.errorOf("again")}>
            <PasswordInput autoComplete="new-password" className="h-9" {...form.register("again")} />
          </Field>
          <Button
            type="submit"
            variant="primary"
            size="lg"
            className="w-full"
            isBusy={form.formState.isSubmitting}
          >
            {t.auth.resetAction}
          </Button>
        </form>
      ) : (
        <Button asChild variant="primary" size="lg">
          <Link to="/forgot-password">{t.auth.sendLink}</Link>
        </Button>
      )}
      <p className="mt-6 text-sm">
        <Link to="/sign-in" className={linkClass}>
          {t.auth.backToSignIn}
        </Link>
      </p>
    </>
  );
}
