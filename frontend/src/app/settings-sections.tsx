/** The parts of the settings: those of everybody, and those of administrators. */
import { useQuery } from "@tanstack/react-query";
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

/** Those that the person who is signed in has. */
export function useSettingsSections() {
  const hasProviders = (useQuery(methodsQuery).data?.providers.length ?? 0) > 0;
  const isAdmin = useSession((state) => state.user?.role === "admin");
  return [...links, ...(hasProviders ? [linkedLink] : []), ...(isAdmin ? adminLinks : [])];
}
