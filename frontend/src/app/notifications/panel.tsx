import type { UseQueryResult } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Check, CheckCheck, CircleAlert, CircleCheck, Mail, Settings2 } from "lucide-react";
import type { MouseEvent } from "react";
import type { Schemas } from "@/api";
import { type Notification, useMark, useReadAll } from "@/data/notifications";
import { t } from "@/texts";
import { Button, cn, ErrorState, IconButton, SkeletonRows, Time } from "@/ui";

interface PanelProps {
  list: UseQueryResult<Schemas["NotificationListOut"]>;
  onClose: () => void;
}

export function NotificationPanel({ list, onClose }: PanelProps) {
  const readAll = useReadAll();
  const rows = list.data?.notifications ?? [];
  const newest = rows[0];
  return (
    <section aria-label={t.notifications.title} className="flex max-h-[min(36rem,80vh)] flex-col">
      <header className="flex h-11 shrink-0 items-center justify-between gap-2 border-b border-line pr-2 pl-4">
        <h2 className="text-sm font-semibold">{t.notifications.title}</h2>
        {newest && (list.data?.unread ?? 0) > 0 && (
          <Button
            size="sm"
            variant="ghost"
            isBusy={readAll.isPending}
            onClick={() => readAll.mutate(newest.id)}
          >
            <CheckCheck />
            {t.notifications.readAll}
          </Button>
        )}
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {list.isPending ? (
          <SkeletonRows count={3} />
        ) : list.isError && !list.data ? (
          <ErrorState className="py-8" error={list.error} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          <div className="px-6 py-10 text-center">
            <p className="text-sm font-medium">{t.notifications.empty}</p>
            <p className="mt-1 text-xs text-pretty text-ink-3">{t.notifications.emptyText}</p>
          </div>
        ) : (
          <ul className="divide-y divide-line">
            {rows.map((row) => (
              <NotificationRow key={row.id} row={row} onClose={onClose} />
            ))}
          </ul>
        )}
      </div>
      <footer className="shrink-0 border-t border-line p-1.5">
        <Link
          to="/settings/notifications"
          onClick={onClose}
          className="flex h-8 items-center gap-2 rounded-md px-2.5 text-xs text-ink-2 transition-colors hover:bg-hover hover:text-ink [&_svg]:size-3.5"
        >
          <Settings2 />
          {t.notifications.settings}
        </Link>
      </footer>
    </section>
  );
}

/** A digest in full is for machines, which get it by webhook: here its beginning tells two images apart. */
function withShortDigests(text: string): string {
  return text.replace(/\b(sha256:[0-9a-f]{12})[0-9a-f]{52}\b/g, "$1…");
}

function NotificationRow({ row, onClose }: { row: Notification; onClose: () => void }) {
  const mark = useMark();
  const navigate = useNavigate();
  const open = (event: MouseEvent) => {
    if (!row.is_read) mark.mutate({ id: row.id, is_read: true });
    // A new tab or window is the browser's business.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onClose();
    void navigate({ href: row.url });
  };
  const Icon = row.is_bad ? CircleAlert : CircleCheck;
  return (
    <li className="group relative flex gap-3 px-4 py-3 transition-colors hover:bg-hover">
      <Icon
        aria-hidden
        className={cn("mt-0.5 size-4 shrink-0", row.is_bad ? "text-bad-ink" : "text-ok-ink")}
      />
      <div className="min-w-0 flex-1">
        <a
          href={row.url}
          onClick={open}
          className={cn(
            "block rounded-sm text-sm text-pretty wrap-anywhere outline-offset-2 after:absolute after:inset-0 after:content-['']",
            row.is_read ? "text-ink-2" : "font-medium text-ink",
          )}
        >
          {!row.is_read && <span className="sr-only">{`${t.notifications.unreadNow}: `}</span>}
          {row.title}
        </a>
        {row.message && (
          <p className="mt-0.5 line-clamp-2 text-xs wrap-anywhere text-ink-2">
            {withShortDigests(row.message)}
          </p>
        )}
        <Time value={row.created_at} className="mt-1 block text-2xs text-ink-3" />
      </div>
      <span className="relative z-1 grid size-7 shrink-0 place-items-center">
        {!row.is_read && (
          <span
            aria-hidden
            className="absolute size-2 rounded-full bg-accent group-focus-within:opacity-0 group-hover:opacity-0"
          />
        )}
        <IconButton
          label={row.is_read ? t.notifications.unread : t.notifications.read}
          aria-label={
            row.is_read ? t.notifications.markUnread(row.title) : t.notifications.markRead(row.title)
          }
          size="sm"
          className="opacity-0 group-hover:opacity-100 focus-visible:opacity-100"
          onClick={() => mark.mutate({ id: row.id, is_read: !row.is_read })}
        >
          {row.is_read ? <Mail /> : <Check />}
        </IconButton>
      </span>
    </li>
  );
}
