import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";
import { followOtherTabs, useSession } from "@/auth/session";
import { Toaster, TooltipProvider } from "@/ui";
import { queryClient } from "./query";
import { makeRouter } from "./router";

const router = makeRouter();

function isGuestPage(): boolean {
  return /^\/(sign-in|register)$/.test(router.state.location.pathname);
}

/** When a session ends, anywhere, nothing of it stays: no cached data, no page that needs it. */
function useSessionEnd(): void {
  useEffect(() => {
    const stop = followOtherTabs();
    const unsubscribe = useSession.subscribe((state, before) => {
      if (state.status === before.status && state.user?.id === before.user?.id) return;
      const hasChangedHands = before.status === "signed-in" && state.user?.id !== before.user?.id;
      if (hasChangedHands) queryClient.clear();
      const cameBack = before.status === "unknown" && state.status === "signed-in" && isGuestPage();
      if (hasChangedHands || cameBack) void router.invalidate();
    });
    return () => {
      stop();
      unsubscribe();
    };
  }, []);
}

export function App() {
  useSessionEnd();
  return (
    <QueryClientProvider client={queryClient}>
      <TooltipProvider delayDuration={350} skipDelayDuration={200}>
        <RouterProvider router={router} />
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>
  );
}
