import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { api, call, messageOf } from "@/api";
import { usePageTitle } from "@/app/title";
import { t } from "@/texts";
import { Button, Notice, Spinner } from "@/ui";
import { codeFromHash, Heading } from "./parts";

export function VerifyPage() {
  usePageTitle(t.auth.verifyTitle);
  const [code] = useState(codeFromHash);
  const verify = useMutation({
    mutationFn: () => call(api.POST("/v1/api/auth/email/verify/", { body: { code } })),
  });
  const { mutate } = verify;
  const isSent = useRef(false);
  useEffect(() => {
    // A code works once: not a second time in strict mode.
    if (isSent.current || !code) return;
    isSent.current = true;
    mutate();
  }, [mutate, code]);
  if (!code)
    return (
      <>
        <Heading title={t.auth.verifyFailed}>{t.auth.verifyNoCode}</Heading>
        <ToStart />
      </>
    );
  return (
    <>
      <Heading title={verify.isError ? t.auth.verifyFailed : t.auth.verifyTitle} />
      {verify.isError && <Notice>{messageOf(verify.error)}</Notice>}
      {verify.isSuccess && <Notice tone="ok">{t.auth.verified}</Notice>}
      {!verify.isError && !verify.isSuccess && (
        <p role="status" className="flex items-center gap-2 text-sm text-ink-2">
          <Spinner /> {t.auth.verifying}
        </p>
      )}
      {(verify.isError || verify.isSuccess) && <ToStart />}
    </>
  );
}

function ToStart() {
  return (
    <Button asChild className="mt-5 self-start">
      <Link to="/">{t.errors.toStart}</Link>
    </Button>
  );
}
