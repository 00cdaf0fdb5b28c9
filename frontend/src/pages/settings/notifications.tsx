import { useQuery } from "@tanstack/react-query";
import { usePageTitle } from "@/app/title";
import { type Preference, preferencesQuery, useSetPreference } from "@/data/notifications";
import { t } from "@/texts";
import { Cell, Checkbox, ErrorState, HeadCell, Row, SkeletonRows } from "@/ui";
import { Section } from "./section";
import { Webhooks } from "./webhooks";

export function NotificationsPage() {
  usePageTitle(t.notifications.title);
  const found = useQuery(preferencesQuery);
  return (
    <>
      <Section title={t.notifications.title} text={t.notifications.text}>
        {found.isPending ? (
          <SkeletonRows count={5} />
        ) : found.isError && !found.data ? (
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <>
            <table aria-label={t.notifications.title} className="w-full border-collapse text-left text-sm">
              <thead>
                <tr>
                  <HeadCell>{t.notifications.what}</HeadCell>
                  <HeadCell className="w-24 text-center">{t.notifications.inApp}</HeadCell>
                  <HeadCell className="w-24 text-center">{t.notifications.email}</HeadCell>
                </tr>
              </thead>
              <tbody>
                {found.data.preferences.map((wish) => (
                  <WishRow key={wish.kind} wish={wish} hasMail={found.data.email.is_available} />
                ))}
              </tbody>
            </table>
            <p className="border-t border-line px-4 py-3 text-xs text-pretty text-ink-3">
              {!found.data.email.is_available
                ? t.notifications.noMailServer
                : found.data.email.is_verified
                  ? t.notifications.mailTo(found.data.email.address)
                  : t.notifications.notVerified(found.data.email.address)}
            </p>
          </>
        )}
      </Section>
      <Webhooks />
    </>
  );
}

function WishRow({ wish, hasMail }: { wish: Preference; hasMail: boolean }) {
  const set = useSetPreference();
  const what = t.notifications.kinds[wish.kind];
  const hidden = (text: string) => <span className="sr-only">{text}</span>;
  return (
    <Row>
      <Cell>{what}</Cell>
      <Cell>
        <Checkbox
          className="justify-center"
          isOn={wish.in_app}
          onChange={(in_app) => set.mutate({ ...wish, in_app })}
          label={hidden(t.notifications.here(what))}
        />
      </Cell>
      <Cell>
        <Checkbox
          className="justify-center"
          isOn={hasMail && wish.email}
          isDisabled={!hasMail}
          onChange={(email) => set.mutate({ ...wish, email })}
          label={hidden(t.notifications.byMail(what))}
        />
      </Cell>
    </Row>
  );
}
