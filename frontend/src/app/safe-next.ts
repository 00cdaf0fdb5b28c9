/** The start page: where one lands who asked for nothing else. */
const START = "/";

/** Where to go after a sign-in: an address of our own, never another site. */
export function safeNext(next: string | undefined): string {
  if (!next?.startsWith("/") || next.startsWith("//") || next.includes("\\")) return START;
  try {
    const url = new URL(next, window.location.origin);
    return url.origin === window.location.origin ? url.pathname + url.search + url.hash : START;
  } catch {
    return START;
  }
}
