import { useMutation } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { z } from "zod";
import { isApiError, messageOf } from "@/api";
import { useApiForm } from "@/app/form";
import { safeNext } from "@/app/safe-next";
import { usePageTitle } from "@/app/title";
import { exchange } from "@/auth/session";
import { t } from "@/texts";
import { Button, Field, Input, Notice, Spinner } from "@/ui";
import { codeFromHash, Heading, linkClass, useNext } from "./parts";

/** Where a provider sends people back to, with a one-time code behind #. A newcomer may need an invite code. */
export function OAuthPage() {
  usePageTitle(t.auth.oauthTitle);
  const router = useRouter();
  const { next } = useNext();
  const [code] = useState(codeFromHash);
  const goOn = () => router.history.replace(safeNext(next));
  const trade = useMutation({ mutationFn: () => exchange(code), onSuccess: goOn });
  const { mutate } = trade;
  const isSent = useRef(false);
  useEffect(() => {
    if (isSent.current) return;
    isSent.current = true;
    mutate();
  }, [mutate]);
  if (isApiError(trade.error, "invalid_invite_code")) return <InviteForm code={code} onDone={goOn} />;
  return (
    <>
      <Heading title={trade.isError ? t.auth.oauthFailed : t.auth.oauthTitle} />
      {trade.isError ? (
        <>
          <Notice>{messageOf(trade.error)}</Notice>
          <BackToSignIn />
        </>
      ) : (
        <Spinner className="size-5 text-ink-3" />
      )}
    </>
  );
}

const schema = z.object({ invite_code: z.string().trim().min(1, t.errors.required) });

function InviteForm({ code, onDone }: { code: string; onDone: () => void }) {
  const form = useApiForm(schema, { invite_code: "" }, async ({ invite_code }) => {
    await exchange(code, invite_code);
    onDone();
  });
  return (
    <>
      <Heading title={t.auth.inviteTitle}>{t.auth.inviteText}</Heading>
      <form className="flex flex-col gap-4" onSubmit={form.send} noValidate>
        {form.problem && <Notice>{form.problem}</Notice>}
        <Field label={t.auth.inviteCode} error={form.errorOf("invite_code")} hint={t.auth.inviteHint}>
          <Input className="h-9 font-mono" autoFocus {...form.register("invite_code")} />
        </Field>
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
      <BackToSignIn />
    </>
  );
}

function BackToSignIn() {
  return (
    <p className="mt-6 text-sm">
      <Link to="/sign-in" className={linkClass}>
        {t.auth.backToSignIn}
      </Link>
    </p>
  );
}
