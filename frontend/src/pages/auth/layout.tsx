import { Outlet } from "@tanstack/react-router";
import { Logo } from "@/app/logo";
import { t } from "@/texts";
import { Drawing } from "./drawing";

/** The frame of the pages before one is signed in: the form, and at its side what it leads to. */
export function GuestLayout() {
  return (
    <div className="flex h-full overflow-y-auto bg-bg">
      <main className="flex min-h-full w-full flex-col px-6 lg:w-[46%] lg:min-w-120">
        <div className="flex items-center gap-2 pt-6 lg:pl-4">
          <Logo className="size-6 text-accent dark:text-accent-ink" />
          <span className="text-lg font-semibold tracking-tight">{t.product}</span>
        </div>
        <div className="mx-auto flex w-full max-w-88 flex-1 flex-col justify-center py-10">
          <Outlet />
        </div>
      </main>
      <aside className="sticky top-0 hidden h-full flex-1 border-l border-line bg-sunken lg:block">
        <Drawing />
      </aside>
    </div>
  );
}
