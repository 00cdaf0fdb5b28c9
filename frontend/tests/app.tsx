/** The whole product, at one of its addresses. */
import { createMemoryHistory } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "@/app/app";
import { makeQueryClient } from "@/app/query";
import { makeRouter } from "@/app/router";

export function openApp(path: string) {
  const router = makeRouter(createMemoryHistory({ initialEntries: [path] }));
  const client = makeQueryClient();
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retry: false } });
  const view = render(<App router={router} client={client} />);
  return { ...view, router, user: userEvent.setup() };
}
