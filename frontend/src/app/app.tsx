import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";
import { followOtherTabs, useSession } from "@/auth/session";
import { Toaster, TooltipProvider } from "@/ui";
import type { AppRouter } from "./router";

interface AppProps {
  router: AppRouter;
  client: QueryClient;
}

function isGuestPage(router: AppRouter): boolean {
  return /^\/(sign-in|register)$/.test(router.state.location.pathname);
}

/** When a session ends, anywhere, nothing of it stays: no cached data, no page that needs it. */
function useSessionEnd({ router, client }: AppProps): void {
  useEffect(() => {
    const stop = followOtherTabs();
    const unsubscribe = useSession.subscribe((state, before) => {
      if (state.status === before.status && state.user?.id === before.user?.id) return;
      const hasChangedHands = before.status === "signed-in" && state.user?.id !== before.user?.id;
      if (hasChangedHands) client.clear();
      // Signed in by another tab, while this one still asks for the password.
      const cameBack = before.status === "unknown" && state.status === "signed-in" && isGuestPage(router);
      if (hasChangedHands || cameBack) void router.invalidate();
    });
    return () => {
      stop();
      unsubscribe();
    };
  }, [router, client]);
}

export function App({ router, client }: AppProps) {
  useSessionEnd({ router, client });
  return (
    <QueryClientProvider client={client}>
      <TooltipProvider delayDuration={350} skipDelayDuration={200}>
        <RouterProvider router={router} />
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>
  );
}
