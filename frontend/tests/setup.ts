import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { resetSession } from "@/auth/session";
import { toast } from "@/ui";
import { server } from "./server";

// What jsdom lacks and the components ask for.
class NoObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= NoObserver as unknown as typeof ResizeObserver;
Element.prototype.hasPointerCapture ??= () => false;
Element.prototype.setPointerCapture ??= () => undefined;
Element.prototype.releasePointerCapture ??= () => undefined;
Element.prototype.scrollIntoView ??= () => undefined;

window.scrollTo = () => undefined;

// The first page of a file is compiled when it is first opened, on a machine that has other work.
configure({ asyncUtilTimeout: 8_000 });

// What a test does not answer is refused, and fails it: a page that asks for more than it is given shows an error.
const unanswered = new Set<string>();
beforeAll(() =>
  server.listen({
    onUnhandledRequest: ({ method, url }) => {
      unanswered.add(`${method} ${url}`);
      throw new Error(`No answer for ${method} ${url}`);
    },
  }),
);

afterEach(() => {
  cleanup();
  server.resetHandlers();
  resetSession();
  toast.clear();
  localStorage.clear();
  const all = [...unanswered];
  unanswered.clear();
  expect(all, "requests without an answer").toEqual([]);
});

afterAll(() => server.close());
