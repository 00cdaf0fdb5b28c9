import { Link, Outlet } from "@tanstack/react-router";
import { Page } from "@/app/page";
import { useSettingsSections } from "@/app/settings-sections";
import { t } from "@/texts";

export function SettingsLayout() {
  const sections = useSettingsSections();
  return (
    <Page title={t.settings.title}>
      <div className="flex flex-col gap-6 md:flex-row md:gap-10">
        <nav
          aria-label={t.settings.navLabel}
          className="-mx-1 flex shrink-0 gap-1 overflow-x-auto p-1 md:w-40 md:flex-col md:gap-0.5"
        >
          {sections.map((link) => (
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
