import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { safeNext } from "@/app/safe-next";
import { methodsQuery, type Provider } from "@/data/sign-in";
import { t } from "@/texts";
import { Button } from "@/ui";
import { ProviderIcon } from "./provider-icon";

export function useMethods() {
  return useQuery(methodsQuery);
}

/** The address that a person wanted before the sign-in stood in the way. */
export function useNext(): { next?: string } {
  const { next } = useSearch({ from: "/guest" });
  return next ? { next } : {};
}

export function Heading({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="mb-6">
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      {children && <p className="mt-1 text-sm text-pretty text-ink-2">{children}</p>}
    </div>
  );
}

/** A sign-in by another house's account. Leaves the page, so these are links. */
export function Providers({
  providers,
  hasPassword,
}: {
  providers: readonly Provider[];
  hasPassword: boolean;
}) {
  const { next } = useNext();
  if (providers.length === 0) return null;
  const query = next ? `?${new URLSearchParams({ next: safeNext(next) })}` : "";
  return (
    <div className="flex flex-col gap-2">
      {providers.map((provider) => (
        <Button key={provider.name} asChild size="lg" className="w-full">
          <a href={`/v1/api/auth/oauth/${encodeURIComponent(provider.name)}/authorize${query}`}>
            <ProviderIcon icon={provider.icon} name={provider.display_name} />
            {t.auth.continueWith(provider.display_name)}
          </a>
        </Button>
      ))}
      {hasPassword && (
        <div className="my-2 flex items-center gap-3 text-xs text-ink-3">
          <span className="h-px flex-1 bg-line" />
          {t.auth.or}
          <span className="h-px flex-1 bg-line" />
        </div>
      )}
    </div>
  );
}

export const linkClass = "rounded-sm font-medium text-accent-ink underline-offset-4 hover:underline";

/** The code of a link stands behind #, where no server and no log sees it. */
export function codeFromHash(): string {
  return new URLSearchParams(window.location.hash.slice(1)).get("code") ?? "";
}
