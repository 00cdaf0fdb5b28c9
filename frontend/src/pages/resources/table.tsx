import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, Star } from "lucide-react";
import { useRef } from "react";
import type { ResourceSort } from "@/app/search";
import { RESOURCES_PAGE, type Resource, type ResourceFilter, resourcesQuery } from "@/data/resources";
import { t } from "@/texts";
import { Card, cn, Skeleton, StatusLabel, Time } from "@/ui";
import { HEALTH_TONES, KindIcon } from "./kinds";
import { pagesOf } from "./windows";

const ROW = 44;
const GRID =
  "grid grid-cols-[minmax(11rem,2fr)_minmax(8rem,1fr)_minmax(9rem,1fr)_minmax(7rem,0.8fr)_minmax(0,1.6fr)_6rem] gap-x-4 px-4 max-xl:grid-cols-[minmax(10rem,2fr)_minmax(6.5rem,1fr)_minmax(6.5rem,1fr)_minmax(6rem,0.8fr)_6rem] max-md:grid-cols-[minmax(9rem,2fr)_minmax(8rem,1fr)]";

const COLUMNS: readonly { key: keyof typeof t.resources.columns; sort?: ResourceSort; className?: string }[] =
  [
    { key: "name", sort: "name" },
    { key: "status", sort: "health" },
    { key: "namespace", sort: "namespace", className: "max-md:hidden" },
    { key: "cluster", className: "max-md:hidden" },
    { key: "summary", className: "max-xl:hidden" },
    { key: "age", sort: "created_at", className: "max-md:hidden text-right" },
  ];

interface TableProps {
  filter: ResourceFilter;
  total: number;
  isStale: boolean;
  onSort: (sort: ResourceSort, order: "asc" | "desc") => void;
}

/** However many there are, only those in sight are fetched, drawn and kept up to date. */
export function ResourceTable({ filter, total, isStale, onSort }: TableProps) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
    // Where nothing can be measured, as in tests, a screenful is drawn all the same.
    initialRect: { width: 1000, height: 800 },
  });
  const items = virtual.getVirtualItems();
  const pages = pagesOf(items[0]?.index ?? 0, items.at(-1)?.index ?? 0, RESOURCES_PAGE);
  const answers = useQueries({ queries: pages.map((page) => resourcesQuery(filter, page)) });
  const rowAt = (index: number): Resource | undefined => {
    const page = Math.floor(index / RESOURCES_PAGE) + 1;
    const answer = answers[pages.indexOf(page)];
    // A page that is on its way must not show the rows of another.
    if (answer?.data?.page !== page) return undefined;
    return answer.data.resources[index % RESOURCES_PAGE];
  };
  return (
    <Card className="flex min-h-0 flex-1 flex-col overflow-hidden" aria-busy={isStale}>
      <div ref={box} data-testid="resource-table" className="min-h-0 flex-1 overflow-auto overscroll-contain">
        <table aria-label={t.resources.title} aria-rowcount={total + 1} className="block text-left">
          <thead className="sticky top-0 z-2 block border-b border-line bg-surface">
            <tr aria-rowindex={1} className={cn(GRID, "h-9 items-center")}>
              {COLUMNS.map((column) => (
                <HeadCell key={column.key} column={column} filter={filter} onSort={onSort} />
              ))}
            </tr>
          </thead>
          <tbody className="relative block" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => (
              <tr
                key={item.key}
                aria-rowindex={item.index + 2}
                data-testid="resource-row"
                className={cn(
                  GRID,
                  "group absolute inset-x-0 top-0 items-center border-b border-line text-sm hover:bg-hover has-[a:focus-visible]:bg-hover",
                )}
                style={{ height: ROW, transform: `translateY(${item.start}px)` }}
              >
                <RowCells resource={rowAt(item.index)} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function HeadCell({
  column,
  filter,
  onSort,
}: Pick<TableProps, "filter" | "onSort"> & { column: (typeof COLUMNS)[number] }) {
  const { key, sort, className } = column;
  const title = t.resources.columns[key];
  const style = cn("min-w-0 text-xs font-medium text-ink-3", className);
  if (!sort) {
    return (
      <th scope="col" className={style}>
        {title}
      </th>
    );
  }
  const isSorted = (filter.sort ?? "name") === sort;
  const order = filter.order ?? "asc";
  const Arrow = order === "asc" ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      aria-sort={isSorted ? (order === "asc" ? "ascending" : "descending") : "none"}
      className={style}
    >
      <button
        type="button"
        aria-label={t.resources.sortBy(title)}
        className={cn("inline-flex items-center gap-1 rounded-sm hover:text-ink", isSorted && "text-ink-2")}
        onClick={() => onSort(sort, isSorted && order === "asc" ? "desc" : "asc")}
      >
        {title}
        {isSorted && <Arrow aria-hidden className="size-3" />}
      </button>
    </th>
  );
}

function RowCells({ resource }: { resource: Resource | undefined }) {
  if (!resource) {
    return (
      <td className="col-span-full">
        <Skeleton className="h-3 w-60" />
      </td>
    );
  }
  const isGone = resource.deleted_at !== null;
  return (
    <>
      <td className="flex min-w-0 items-center gap-2.5">
        <KindIcon kind={resource.kind} />
        <span className="min-w-0">
          <Link
            to="/resources/$resourceId"
            params={{ resourceId: resource.id }}
            search={{}}
            title={resource.name}
            className={cn(
              "block truncate rounded-sm font-medium text-ink after:absolute after:inset-0 after:content-['']",
              isGone && "text-ink-3 line-through",
            )}
          >
            {resource.name}
          </Link>
          <span className="block truncate text-2xs text-ink-3">{resource.kind}</span>
        </span>
        {resource.is_favorite && (
          <Star aria-label={t.resources.favourites} className="size-3.5 shrink-0 fill-warn text-warn" />
        )}
      </td>
      <td className="min-w-0">
        <StatusLabel tone={HEALTH_TONES[resource.health]} isLive={resource.health === "progressing"}>
          <span className="truncate">{resource.status}</span>
        </StatusLabel>
      </td>
      <td className="truncate text-ink-2 max-md:hidden">{resource.namespace || "–"}</td>
      <td className="truncate text-ink-2 max-md:hidden">{resource.cluster}</td>
      <td
        title={resource.summary}
        className={cn(
          "truncate text-xs max-xl:hidden",
          resource.health === "degraded" ? "text-bad-ink" : "text-ink-3",
        )}
      >
        {resource.summary}
      </td>
      <td className="truncate text-right text-xs text-ink-3 max-md:hidden">
        <Time value={resource.created_at} className="relative z-1" />
      </td>
    </>
  );
}
