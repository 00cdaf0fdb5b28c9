import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import {
  type Person,
  personQuery,
  sessionsOfQuery,
  useChangePerson,
  useEndSessionsOf,
  useMakeResetLink,
} from "@/data/people";
import { t } from "@/texts";
import { Button, CopyButton, ErrorState, formatTime, Sheet, Skeleton, Switch, Time } from "@/ui";
import { deviceOf } from "./device";

export function PersonSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const found = useQuery(personQuery(id));
  const person = found.data;
  return (
    <Sheet
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={person?.name ?? t.people.title}
      description={person?.email}
      footer={
        <Button asChild variant="ghost">
          <Link to="/settings/activity" search={{ actor: id }}>
            {t.people.activity}
          </Link>
        </Button>
      }
    >
      {found.isPending ? (
        <Skeleton className="h-40" />
      ) : !person ? (
        <ErrorState error={found.error} />
      ) : (
        <>
          <Access person={person} />
          <Sessions person={person} />
          <NewPassword person={person} />
        </>
      )}
    </Sheet>
  );
}

function Part({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="border-t border-line py-4 first:border-0 first:pt-1">
      <div className="mb-3 flex min-h-7 items-center justify-between gap-2">
        <h3 className="text-sm font-semibold">{title}</h3>
        {actions}
      </div>
      {children}
    </section>
  );
}

function Access({ person }: { person: Person }) {
  const change = useChangePerson();
  const { id, role, is_disabled } = person;
  return (
    <Part title={t.people.access}>
      <div className="flex flex-col gap-4">
        <Switch
          isOn={role === "admin"}
          isBusy={change.isPending}
          onChange={(isAdmin) => change.mutate({ id, role: isAdmin ? "admin" : "user" })}
          label={t.people.isAdmin}
          note={t.people.isAdminNote}
        />
        <Switch
          isOn={!is_disabled}
          isBusy={change.isPending}
          onChange={(mayUse) => change.mutate({ id, is_disabled: !mayUse })}
          label={t.people.mayUse}
          note={t.people.mayUseNote}
        />
      </div>
    </Part>
  );
}

function Sessions({ person }: { person: Person }) {
  const sessions = useQuery(sessionsOfQuery(person.id));
  const end = useEndSessionsOf(person.id);
  const rows = sessions.data?.sessions ?? [];
  return (
    <Part
      title={t.people.sessions}
      actions={
        rows.length > 1 && (
          <Button size="sm" isBusy={end.isPending} onClick={() => end.mutate(null)}>
            {t.people.endAll}
          </Button>
        )
      }
    >
      {sessions.isPending ? (
        <Skeleton className="h-10" />
      ) : sessions.isError && !sessions.data ? (
        <ErrorState className="py-4" error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : rows.length === 0 ? (
        <p className="text-sm text-ink-3">{t.people.noSessions}</p>
      ) : (
        <ul className="flex flex-col gap-2">
          {rows.map((session) => (
            <li key={session.id} className="flex items-center justify-between gap-3">
              <span className="min-w-0">
                <span className="block truncate text-sm">{deviceOf(session.user_agent)}</span>
                <span className="block truncate text-xs text-ink-3">
                  {session.ip} · <Time value={session.last_used_at} />
                </span>
              </span>
              <Button
                size="sm"
                aria-label={t.people.endOf(deviceOf(session.user_agent))}
                disabled={end.isPending}
                onClick={() => end.mutate(session.id)}
              >
                {t.people.end}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function NewPassword({ person }: { person: Person }) {
  const make = useMakeResetLink(person.id);
  const made = make.data;
  return (
    <Part title={t.people.password}>
      {!made ? (
        <Button isBusy={make.isPending} disabled={person.is_disabled} onClick={() => make.mutate()}>
          {t.people.makeLink}
        </Button>
      ) : made.link ? (
        <div role="status">
          <p className="mb-2 text-sm text-pretty text-ink-2">
            {t.people.linkText(made.email, formatTime(made.expires_at))}
          </p>
          <span className="flex min-w-0 items-center gap-1 rounded-md bg-sunken py-0.5 pr-1 pl-3">
            <code className="truncate font-mono text-xs">{made.link}</code>
            <CopyButton text={made.link} />
          </span>
        </div>
      ) : (
        <p role="status" className="text-sm text-ink-2">
          {t.people.linkMailed(made.email)}
        </p>
      )}
    </Part>
  );
}
