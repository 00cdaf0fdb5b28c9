import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import {
  Bell,
  KeyRound,
  KeySquare,
  Link2,
  MonitorSmartphone,
  ScrollText,
  ServerCog,
  UserRound,
  Users,
} from "lucide-react";
import { Page } from "@/app/page";
import { useSession } from "@/auth/session";
import { methodsQuery } from "@/data/sign-in";
import { t } from "@/texts";

const links = [
  { to: "/settings/profile", label: t.settings.profile.nav, icon: <UserRound /> },
  { to: "/settings/password", label: t.settings.password.nav, icon: <KeyRound /> },
  { to: "/settings/sessions", label: t.settings.sessions.nav, icon: <MonitorSmartphone /> },
  { to: "/settings/tokens", label: t.settings.tokens.nav, icon: <KeySquare /> },
  { to: "/settings/notifications", label: t.notifications.nav, icon: <Bell /> },
  { to: "/settings/activity", label: t.activity.nav, icon: <ScrollText /> },
] as const;
const adminLinks = [
  { to: "/settings/people", label: t.people.nav, icon: <Users /> },
  { to: "/settings/server", label: t.settings.server.nav, icon: <ServerCog /> },
] as const;
const linkedLink = {
  to: "/settings/linked-accounts",
  label: t.settings.linked.nav,
  icon: <Link2 />,
} as const;

export function SettingsLayout() {
  const hasProviders = (useQuery(methodsQuery).data?.providers.length ?? 0) > 0;
  const isAdmin = useSession((state) => state.user?.role === "admin");
  return (
    <Page title={t.settings.title}>
      <div className="flex flex-col gap-6 md:flex-row md:gap-10">
        <nav
          aria-label={t.settings.navLabel}
          className="-mx-1 flex shrink-0 gap-1 overflow-x-auto p-1 md:w-40 md:flex-col md:gap-0.5"
        >
          {[...links, ...(hasProviders ? [linkedLink] : []), ...(isAdmin ? adminLinks : [])].map((link) => (
            <Link
              key={link.to}
              to={link.to}
              activeOptions={{ includeSearch: false }}
              className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm whitespace-nowrap text-ink-2 transition-colors hover:bg-hover hover:text-ink data-[status=active]:bg-active data-[status=active]:font-medium data-[status=active]:text-ink [&_svg]:size-4 [&_svg]:shrink-0"
            >
              {link.icon}
              {link.label}
            </Link>
          ))}
        </nav>
        <div className="min-w-0 flex-1">
          <Outlet />
        </div>
      </div>
    </Page>
  );
}
