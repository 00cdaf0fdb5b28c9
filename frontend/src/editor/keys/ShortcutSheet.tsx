import { cn, Dialog, Keys } from "@/ui";
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
      <div className="gap-x-8 sm:columns-2">
        {(Object.keys(t.keys.groups) as (keyof typeof t.keys.groups)[]).map((group) => (
          <section key={group} className={cn("mb-5", group !== "draw" && "break-inside-avoid")}>
            <h3 className="mb-1.5 break-after-avoid text-xs font-semibold text-ink-3">
              {t.keys.groups[group]}
            </h3>
            <dl className="flex flex-col gap-1.5">
              {SHORTCUTS.filter((shortcut) => shortcut.group === group).map((shortcut) => (
                <div
                  key={shortcut.keys.join()}
                  className="flex break-inside-avoid items-center justify-between gap-4 text-sm"
                >
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
