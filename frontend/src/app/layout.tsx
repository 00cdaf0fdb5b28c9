import { Outlet, useMatchRoute } from "@tanstack/react-router";
import { PanelLeft } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { t } from "@/texts";
import { IconButton } from "@/ui";
import { Logo } from "./logo";
import { NotificationBell } from "./notifications/bell";
import { MobileMenu, Sidebar } from "./sidebar";
import { useCommandKey } from "./use-command-key";

const CommandPalette = lazy(() => import("./command-palette"));
const ImportAnywhere = lazy(() => import("@/pages/imports/import-anywhere"));

/** The frame of everything that needs a session: the sidebar, and the page beside it. */
export function AppLayout() {
  const match = useMatchRoute();
  const isEditor = match({ to: "/workflows/$workflowId" }) !== false;
  const isImport = match({ to: "/import" }) !== false;
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  useCommandKey(() => setPaletteOpen((isOpen) => !isOpen));
  return (
    <div className="flex h-full flex-col md:flex-row">
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-1.5 text-sm text-on-accent focus:translate-y-0"
      >
        {t.nav.skip}
      </a>
      <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line bg-surface px-3 md:hidden">
        <IconButton label={t.nav.open} hideTooltip onClick={() => setMenuOpen(true)}>
          <PanelLeft />
        </IconButton>
        <Logo className="size-5 text-accent" />
        <span className="flex-1 text-sm font-semibold">{t.product}</span>
        <NotificationBell side="bottom" />
      </header>
      <MobileMenu isOpen={isMenuOpen} onOpenChange={setMenuOpen} onSearch={() => setPaletteOpen(true)} />
      <Sidebar isRail={isEditor} onSearch={() => setPaletteOpen(true)} />
      <main
        id="content"
        tabIndex={-1}
        className={
          isEditor
            ? "relative min-h-0 min-w-0 flex-1 overflow-hidden outline-none"
            : "min-h-0 min-w-0 flex-1 overflow-y-auto outline-none"
        }
      >
        <Outlet />
      </main>
      {!isImport && (
        <Suspense fallback={null}>
          <ImportAnywhere />
        </Suspense>
      )}
      {isPaletteOpen && (
        <Suspense fallback={null}>
          <CommandPalette onClose={() => setPaletteOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}
