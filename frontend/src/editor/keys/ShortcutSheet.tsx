import { Dialog, Keys } from "@/ui";
import { useEditor, useView } from "../editor";
import { t } from "../texts";
import { SHORTCUTS } from "./shortcuts";

export function ShortcutSheet() {
  const { view } = useEditor();
  const isOpen = useView((state) => state.areShortcutsOpen);
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={(next) => view.setState({ areShortcutsOpen: next })}
      title={t.keys.title}
      className="max-w-2xl"
    >
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {(Object.keys(t.keys.groups) as (keyof typeof t.keys.groups)[]).map((group) => (
          <section key={group} className={group === "draw" ? "row-span-2" : ""}>
            <h3 className="mb-1.5 text-xs font-semibold text-ink-3">{t.keys.groups[group]}</h3>
            <dl className="flex flex-col gap-1.5">
              {SHORTCUTS.filter((shortcut) => shortcut.group === group).map((shortcut) => (
                <div key={shortcut.keys.join()} className="flex items-center justify-between gap-4 text-sm">
                  <dt className="text-ink-2">{shortcut.text}</dt>
                  <dd className="flex shrink-0 gap-2">
                    {shortcut.keys.map((keys) => (
                      <span key={keys.join()}>
                        <Keys keys={keys} />
                        <span className="sr-only">{keys.join(" ")}</span>
                      </span>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
