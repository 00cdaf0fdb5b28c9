import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/errors";

/** Tries again only what may go well the second time. */
function isWorthARetry(count: number, error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return count < 2 && (error.status === 0 || error.status === 429 || error.status >= 500);
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // The server may well be on this machine: whether there is a network says nothing about it.
      queries: { networkMode: "always", staleTime: 15_000, retry: isWorthARetry, refetchOnWindowFocus: true },
      mutations: { networkMode: "always", retry: false },
    },
  });
}
