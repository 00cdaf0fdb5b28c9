import { ChevronLeft, ChevronRight } from "lucide-react";
import { t } from "@/texts";
import { IconButton } from "./button";

interface PagerProps {
  page: number;
  limit: number;
  total: number;
  onPage: (page: number) => void;
  /** "24 workflows" */
  summary: string;
}

export function Pager({ page, limit, total, onPage, summary }: PagerProps) {
  const pages = Math.max(1, Math.ceil(total / limit));
  return (
    <nav
      aria-label={t.ui.paging}
      className="flex items-center justify-between gap-3 px-1 py-2 text-xs text-ink-3"
    >
      <span className="tabular-nums">{summary}</span>
      {pages > 1 && (
        <span className="flex items-center gap-1">
          <span className="px-1 tabular-nums">{t.ui.page(page, pages)}</span>
          <IconButton label={t.ui.previous} size="sm" disabled={page <= 1} onClick={() => onPage(page - 1)}>
            <ChevronLeft />
          </IconButton>
          <IconButton label={t.ui.next} size="sm" disabled={page >= pages} onClick={() => onPage(page + 1)}>
            <ChevronRight />
          </IconButton>
        </span>
      )}
    </nav>
  );
}
