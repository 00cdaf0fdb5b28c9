import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { z } from "zod";
import { api, call } from "@/api";
import { useApiForm } from "@/app/form";
import { usePageTitle } from "@/app/title";
import { t } from "@/texts";
import { Button, Field, Input, Notice } from "@/ui";
import { Heading, linkClass } from "./parts";

const schema = z.object({ email: z.string().trim().min(1, t.errors.required).pipe(z.email(t.errors.email)) });

export function ForgotPage() {
  usePageTitle(t.auth.forgotTitle);
  const [isSent, setSent] = useState(false);
  const form = useApiForm(schema, { email: "" }, async (body) => {
    await call(api.POST("/v1/api/auth/password/forgot/", { body }));
    setSent(true);
  });
  return (
    <>
      {isSent ? (
        <>
          <Heading title={t.auth.sentTitle}>{t.auth.sentText}</Heading>
          <p className="text-sm text-ink-3">{t.auth.sentNoMail}</p>
        </>
      ) : (
        <>
          <Heading title={t.auth.forgotTitle}>{t.auth.forgotText}</Heading>
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
            <Button
              type="submit"
              variant="primary"
              size="lg"
              className="w-full"
              isBusy={form.formState.isSubmitting}
            >
              {t.auth.sendLink}
            </Button>
          </form>
        </>
      )}
      <p className="mt-6 text-sm">
        <Link to="/sign-in" className={linkClass}>
          {t.auth.backToSignIn}
        </Link>
      </p>
    </>
  );
}
