/** A page of cards that one searches and narrows as one types: they are few, and all of them are here. */
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { t } from "@/texts";
import { Button, cn, EmptyState, ErrorState, SearchInput, Select, Skeleton } from "@/ui";
import { Page } from "./page";

const ALL = "-";
const SKELETONS = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];

interface GalleryProps<Item extends { id: string; category: string }> {
  words: {
    title: string;
    subtitle: string;
    search: string;
    categories: string;
    all: string;
    nothingTitle: string;
    nothingText: string;
    showAll: string;
  };
  icon: ReactNode;
  list: UseQueryResult<Item[]>;
  /** What stands in the address. */
  narrowed: { q?: string | undefined; category?: string | undefined };
  onNarrow: (next: { q?: string | undefined; category?: string | undefined }) => void;
  onShowAll: () => void;
  /** What a person calls a category. */
  categoryName?: (category: string) => string;
  /** The words by which an item is found. */
  wordsOf: (item: Item) => string;
  /** Whether it fits what else the page narrows by. */
  isWanted?: (item: Item) => boolean;
  /** What else the page narrows by. */
  filters?: ReactNode;
  columns: string;
  card: (item: Item) => ReactNode;
}

export function Gallery<Item extends { id: string; category: string }>(props: GalleryProps<Item>) {
  const { words, list, narrowed, onNarrow, isWanted = () => true, categoryName = (name) => name } = props;
  const categories = useMemo(
    () => [...new Set((list.data ?? []).map((item) => item.category))].sort(),
    [list.data],
  );
  const found = (list.data ?? []).filter(
    (item) =>
      (!narrowed.category || item.category === narrowed.category) &&
      hasWords(props.wordsOf(item), narrowed.q ?? "") &&
      isWanted(item),
  );
  return (
    <Page title={words.title} subtitle={words.subtitle}>
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <SearchInput
          className="w-full sm:w-64"
          label={words.search}
          value={narrowed.q ?? ""}
          onValueChange={(q) => onNarrow({ q: q || undefined })}
        />
        <Select
          className="w-44"
          label={words.categories}
          value={narrowed.category ?? ALL}
          options={[
            { value: ALL, label: words.all },
            ...categories.map((category) => ({ value: category, label: categoryName(category) })),
          ]}
          onValueChange={(category) => onNarrow({ category: category === ALL ? undefined : category })}
        />
        {props.filters}
      </div>
      {list.isPending ? (
        <div role="status" aria-label={t.ui.loading} className={cn("grid gap-3", props.columns)}>
          {SKELETONS.map((key) => (
            <Skeleton key={key} className="h-28 rounded-lg" />
          ))}
        </div>
      ) : list.isError ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : found.length === 0 ? (
        <EmptyState
          icon={props.icon}
          title={words.nothingTitle}
          actions={<Button onClick={props.onShowAll}>{words.showAll}</Button>}
        >
          {words.nothingText}
        </EmptyState>
      ) : (
        <ul className={cn("grid gap-3", props.columns)}>
          {found.map((item) => (
            <li key={item.id}>{props.card(item)}</li>
          ))}
        </ul>
      )}
    </Page>
  );
}

function hasWords(text: string, asked: string): boolean {
  const hay = text.toLowerCase();
  return asked
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(word));
}
