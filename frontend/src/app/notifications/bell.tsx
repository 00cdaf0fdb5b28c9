import { useQuery } from "@tanstack/react-query";
import { Bell } from "lucide-react";
import { useState } from "react";
import { notificationsQuery } from "@/data/notifications";
import { t } from "@/texts";
import { IconButton, Popover } from "@/ui";
import { NotificationPanel } from "./panel";

/** What one was told, wherever one is. */
export function NotificationBell({ side }: { side: "bottom" | "right" }) {
  const [isOpen, setOpen] = useState(false);
  const list = useQuery(notificationsQuery);
  const unread = list.data?.unread ?? 0;
  return (
    <Popover
      label={t.notifications.title}
      isOpen={isOpen}
      onOpenChange={setOpen}
      side={side}
      align={side === "right" ? "end" : "start"}
      className="w-[min(24rem,calc(100vw-1rem))] p-0"
      trigger={
        <IconButton
          label={t.notifications.bell(unread)}
          size={side === "right" ? "md" : "sm"}
          tooltipSide="right"
          className="relative"
        >
          <Bell />
          {unread > 0 && (
            <span
              aria-hidden
              className="absolute -top-1 left-1/2 grid h-4 min-w-4 place-items-center rounded-full bg-accent px-1 text-[10px] leading-none font-semibold text-on-accent tabular-nums ring-2 ring-bg"
            >
              {t.notifications.count(unread)}
            </span>
          )}
        </IconButton>
      }
    >
      <NotificationPanel list={list} onClose={() => setOpen(false)} />
    </Popover>
  );
}
