import { useMutation } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { messageOf } from "@/api";
import { safeNext } from "@/app/safe-next";
import { usePageTitle } from "@/app/title";
import { exchange } from "@/auth/session";
import { t } from "@/texts";
import { Notice, Spinner } from "@/ui";
import { codeFromHash, Heading, linkClass, useNext } from "./parts";

/** Where a provider sends people back to, with a one-time code behind #. */
export function OAuthPage() {
  usePageTitle(t.auth.oauthTitle);
  const router = useRouter();
  const { next } = useNext();
  const trade = useMutation({
    mutationFn: () => exchange(codeFromHash()),
    onSuccess: () => router.history.replace(safeNext(next)),
  });
  const { mutate } = trade;
  const isSent = useRef(false);
  useEffect(() => {
    if (isSent.current) return;
    isSent.current = true;
    mutate();
  }, [mutate]);
  return (
    <>
      <Heading title={trade.isError ? t.auth.oauthFailed : t.auth.oauthTitle} />
      {trade.isError ? (
        <>
          <Notice>{messageOf(trade.error)}</Notice>
          <p className="mt-6 text-sm">
            <Link to="/sign-in" className={linkClass}>
              {t.auth.backToSignIn}
            </Link>
          </p>
        </>
      ) : (
        <Spinner className="size-5 text-ink-3" />
      )}
    </>
  );
}
