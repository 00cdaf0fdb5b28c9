import { useQuery } from "@tanstack/react-query";
import { Monitor, Smartphone } from "lucide-react";
import type { Schemas } from "@/api";
import { usePageTitle } from "@/app/title";
import { signOut } from "@/auth/session";
import { sessionsQuery, useEndSession } from "@/data/account";
import { t } from "@/texts";
import { Badge, Button, EmptyState, ErrorState, SkeletonRows, Time } from "@/ui";
import { deviceOf } from "./device";
import { Section } from "./section";

export function SessionsPage() {
  usePageTitle(t.settings.sessions.title);
  const sessions = useQuery(sessionsQuery);
  return (
    <Section title={t.settings.sessions.title} text={t.settings.sessions.text}>
      {sessions.isPending ? (
        <SkeletonRows count={3} />
      ) : sessions.isError && !sessions.data ? (
        <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : sessions.data.sessions.length === 0 ? (
        <EmptyState title={t.settings.sessions.empty} />
      ) : (
        <ul className="divide-y divide-line">
          {sessions.data.sessions.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function SessionRow({ session }: { session: Schemas["SessionOut"] }) {
  const end = useEndSession();
  const device = deviceOf(session.user_agent);
  const isPhone = /iPhone|Android.*Mobile/.test(session.user_agent);
  return (
    <li className="flex items-center gap-3 px-5 py-3">
      <span className="grid size-9 shrink-0 place-items-center rounded-md bg-sunken text-ink-3 [&_svg]:size-4">
        {isPhone ? <Smartphone /> : <Monitor />}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 text-sm font-medium" title={session.user_agent}>
          <span className="truncate">{device}</span>
          {session.is_current && <Badge tone="ok">{t.settings.sessions.current}</Badge>}
        </p>
        <p className="truncate text-xs text-ink-3">
          {session.ip} · {t.settings.sessions.lastUsed} <Time value={session.last_used_at} />
        </p>
      </div>
      {session.is_current ? (
        <Button size="sm" onClick={() => void signOut()}>
          {t.settings.sessions.signOutHere}
        </Button>
      ) : (
        <Button
          size="sm"
          aria-label={t.settings.sessions.endOf(device)}
          isBusy={end.isPending}
          onClick={() => end.mutate(session.id)}
        >
          {t.settings.sessions.end}
        </Button>
      )}
    </li>
  );
}
