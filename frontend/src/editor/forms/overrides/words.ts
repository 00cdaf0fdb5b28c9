/** Completion of Kubernetes' own names: the server says which fit the place, once for each place. */

import type { CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";
import type { QueryClient } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { placeOf } from "./place";

type Word = Schemas["WordShape"];

/** What begins below the name, for it to be typed on. */
const OPENS: Record<string, string> = { object: ":\n", map: ":\n", list: ":\n" };

export function wordsFor(type: string, client: QueryClient): CompletionSource {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const text = context.state.doc;
    const place = placeOf(text.sliceString(0, context.pos), text.sliceString(context.pos));
    if (!place || (place.typed === "" && !context.explicit && !isFresh(context))) return null;
    const path = place.path.join(".");
    const found = await client
      .fetchQuery({
        queryKey: ["templates", type, "words", path],
        queryFn: () =>
          call(api.GET("/v1/api/templates/{id}/words/", { params: { path: { id: type }, query: { path } } })),
        staleTime: Number.POSITIVE_INFINITY,
      })
      .catch(() => null);
    // Without an answer one types on as without help.
    if (!found || context.aborted) return null;
    const indent = " ".repeat(context.pos - text.lineAt(context.pos).from - place.typed.length + 2);
    return {
      from: context.pos - place.typed.length,
      options: found.words
        .filter((word) => !place.taken.has(word.name))
        .map((word) => optionOf(word, indent)),
      validFor: /^[\w.$/-]*$/,
    };
  };
}

/** At the root of an empty text and at the start of a line the names are offered unasked. */
function isFresh(context: CompletionContext): boolean {
  const line = context.state.doc.lineAt(context.pos);
  return line.text.trim() === "" || /^ *- *$/.test(line.text);
}

function optionOf(word: Word, indent: string) {
  const opens = OPENS[word.type];
  return {
    label: word.name,
    detail: word.type,
    apply: opens ? `${word.name}${opens}${indent}${word.type === "list" ? "- " : ""}` : `${word.name}: `,
    ...(word.description ? { info: word.description } : {}),
    ...(word.required ? { boost: 1 } : {}),
  };
}
