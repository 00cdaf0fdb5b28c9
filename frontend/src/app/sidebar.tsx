import * as Dialog from "@radix-ui/react-dialog";
import { Link, useNavigate, useRouterState } from "@tanstack/react-router";
import {
  Blocks,
  BookOpen,
  Boxes,
  ChevronsUpDown,
  Hammer,
  House,
  LayoutTemplate,
  LogOut,
  Monitor,
  Moon,
  PanelLeftClose,
  PanelLeftOpen,
  Search,
  Server,
  Settings,
  Sun,
  Warehouse,
  Workflow,
} from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { signOut, useSession } from "@/auth/session";
import { t } from "@/texts";
import { useTourMenu } from "@/tour/entry";
import { cn, IconButton, Keys, Menu, Tooltip } from "@/ui";
import { Logo } from "./logo";
import { NotificationBell } from "./notifications/bell";
import { setTheme, useTheme } from "./theme";

const links = [
  { to: "/", label: t.nav.home, icon: <House /> },
  { to: "/workflows", label: t.nav.workflows, icon: <Workflow /> },
  { to: "/templates", label: t.nav.templates, icon: <LayoutTemplate /> },
  { to: "/plugins", label: t.nav.plugins, icon: <Blocks /> },
  { to: "/clusters", label: t.nav.clusters, icon: <Server /> },
  { to: "/resources", label: t.nav.resources, icon: <Boxes /> },
  { to: "/builds", label: t.nav.builds, icon: <Hammer /> },
  { to: "/registries", label: t.nav.registries, icon: <Warehouse /> },
  { to: "/settings", label: t.nav.settings, icon: <Settings /> },
] as const;

const item =
  "flex h-8 w-full items-center gap-2.5 rounded-md px-2 text-sm text-ink-2 transition-colors duration-100 hover:bg-hover hover:text-ink [&_svg]:size-4 [&_svg]:shrink-0";

const active =
  "data-[status=active]:bg-active data-[status=active]:font-medium data-[status=active]:text-ink";

const KEY = "sailcloth.sidebar";

function useCollapsed(): [boolean, (isCollapsed: boolean) => void] {
  const [isCollapsed, set] = useState(() => {
    try {
      return localStorage.getItem(KEY) === "collapsed";
    } catch {
      return false;
    }
  });
  return [
    isCollapsed,
    (next) => {
      set(next);
      try {
        if (next) localStorage.setItem(KEY, "collapsed");
        else localStorage.removeItem(KEY);
      } catch {
        // It then lasts as long as the page.
      }
    },
  ];
}

interface SidebarProps {
  /** Icons only: the editor needs the room. */
  isRail: boolean;
  onSearch: () => void;
}

export function Sidebar({ isRail, onSearch }: SidebarProps) {
  const [isCollapsed, setCollapsed] = useCollapsed();
  const isNarrow = isRail || isCollapsed;
  return (
    <aside
      className={cn(
        "hidden shrink-0 flex-col border-r border-line bg-bg md:flex",
        isNarrow ? "w-13 items-center" : "w-56",
      )}
    >
      <div
        className={cn(
          "flex h-13 w-full items-center",
          isNarrow ? "justify-center" : "justify-between pr-2 pl-4",
        )}
      >
        <Link to="/" aria-label={t.product} className="flex items-center gap-2 rounded-md">
          <Logo className="size-5.5 text-accent dark:text-accent-ink" />
          {!isNarrow && <span className="text-base font-semibold tracking-tight">{t.product}</span>}
        </Link>
        {!isNarrow && (
          <span className="flex items-center gap-2">
            <NotificationBell side="bottom" />
            <IconButton
              label={t.nav.collapse}
              size="sm"
              tooltipSide="right"
              onClick={() => setCollapsed(true)}
            >
              <PanelLeftClose />
            </IconButton>
          </span>
        )}
      </div>
      <Content isNarrow={isNarrow} onSearch={onSearch} />
      {isNarrow && (
        <div className="pb-1">
          <NotificationBell side="right" />
        </div>
      )}
      {isCollapsed && !isRail && (
        <div className="pb-1">
          <IconButton label={t.nav.expand} tooltipSide="right" onClick={() => setCollapsed(false)}>
            <PanelLeftOpen />
          </IconButton>
        </div>
      )}
      <div className={cn("w-full border-t border-line p-2", isNarrow && "flex justify-center")}>
        <Account isNarrow={isNarrow} />
      </div>
    </aside>
  );
}

function Content({ isNarrow, onSearch }: { isNarrow: boolean; onSearch: () => void }) {
  return (
    <div className="flex w-full flex-1 flex-col gap-3 p-2">
      <Named isNarrow={isNarrow} label={t.nav.search} keys={["mod", "k"]}>
        <button
          type="button"
          onClick={onSearch}
          aria-label={isNarrow ? t.nav.search : undefined}
          className={cn(
            item,
            !isNarrow && "border border-line bg-surface shadow-sm",
            isNarrow && "justify-center",
          )}
        >
          <Search />
          {!isNarrow && (
            <>
              <span className="flex-1 text-left text-ink-3">{t.nav.search}</span>
              <span aria-hidden className="max-md:hidden">
                <Keys keys={["mod", "k"]} />
              </span>
            </>
          )}
        </button>
      </Named>
      <nav aria-label={t.nav.main} className="flex flex-col gap-0.5">
        {links.map((link) => (
          <Named key={link.to} isNarrow={isNarrow} label={link.label}>
            <Link
              to={link.to}
              activeOptions={{ exact: link.to === "/", includeSearch: false }}
              aria-label={isNarrow ? link.label : undefined}
              className={cn(item, active, isNarrow && "justify-center")}
            >
              {link.icon}
              {!isNarrow && link.label}
            </Link>
          </Named>
        ))}
      </nav>
    </div>
  );
}

/** A tooltip, where the label itself is not in sight. */
function Named({
  isNarrow,
  label,
  keys,
  children,
}: {
  isNarrow: boolean;
  label: string;
  keys?: string[];
  children: ReactNode;
}) {
  if (!isNarrow) return children;
  return (
    <Tooltip label={label} side="right" keys={keys}>
      {children}
    </Tooltip>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return ((words[0]?.[0] ?? "") + (words.length > 1 ? (words.at(-1)?.[0] ?? "") : "")).toUpperCase();
}

function Account({ isNarrow }: { isNarrow: boolean }) {
  const user = useSession((state) => state.user);
  const choice = useTheme((state) => state.choice);
  const navigate = useNavigate();
  const tour = useTourMenu();
  // The next person at this browser need not land where this one was.
  const leave = async () => {
    await signOut();
    await navigate({ to: "/sign-in", search: {}, replace: true });
  };
  if (!user) return null;
  return (
    <Menu
      side="top"
      align="start"
      className="w-56"
      trigger={
        <button
          type="button"
          aria-label={isNarrow ? `${t.nav.account}: ${user.name} ${user.email}` : undefined}
          className={cn(
            "flex items-center gap-2.5 rounded-md text-left transition-colors hover:bg-hover data-[state=open]:bg-hover",
            isNarrow ? "p-1" : "w-full px-1.5 py-1.5",
          )}
        >
          <span
            aria-hidden
            className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-2xs font-semibold text-accent-ink"
          >
            {initials(user.name || user.email)}
          </span>
          {!isNarrow && (
            <>
              <span className="min-w-0 flex-1">
                <span className="sr-only">{`${t.nav.account}: `}</span>
                <span className="block truncate text-sm font-medium">{user.name}</span>
                <span className="block truncate text-2xs text-ink-3">{user.email}</span>
              </span>
              <ChevronsUpDown aria-hidden className="size-3.5 text-ink-3" />
            </>
          )}
        </button>
      }
      items={[
        { heading: t.theme.label },
        {
          label: t.theme.system,
          icon: <Monitor />,
          isChecked: choice === "system",
          onSelect: () => setTheme("system"),
        },
        {
          label: t.theme.light,
          icon: <Sun />,
          isChecked: choice === "light",
          onSelect: () => setTheme("light"),
        },
        {
          label: t.theme.dark,
          icon: <Moon />,
          isChecked: choice === "dark",
          onSelect: () => setTheme("dark"),
        },
        "separator",
        { heading: t.nav.help },
        ...tour,
        {
          label: t.nav.apiDocs,
          icon: <BookOpen />,
          onSelect: () => window.open("/v1/docs", "_blank", "noopener"),
        },
        { label: t.nav.signOut, icon: <LogOut />, onSelect: () => void leave() },
      ]}
    />
  );
}

interface MobileMenuProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onSearch: () => void;
}

export function MobileMenu({ isOpen, onOpenChange, onSearch }: MobileMenuProps) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the menu
  useEffect(() => onOpenChange(false), [path]);
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-40 flex w-64 animate-fade-in flex-col border-r border-line bg-bg shadow-lg outline-none"
        >
          <Dialog.Title className="flex h-12 items-center gap-2 px-4 text-base font-semibold">
            <Logo className="size-5 text-accent" />
            {t.product}
          </Dialog.Title>
          <Content
            isNarrow={false}
            onSearch={() => {
              onOpenChange(false);
              onSearch();
            }}
          />
          <div className="border-t border-line p-2">
            <Account isNarrow={false} />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
