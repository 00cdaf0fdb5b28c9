/** A form made from a schema, in sections that fold. Every change is one step to undo. */

import { ChevronRight } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { cn } from "@/ui";
import { useEditor, useSelection, useView } from "../editor";
import { Form } from "../forms/context";
import { FieldView } from "../forms/FieldView";
import { setEdgeValue, setNodeValue } from "../model/edits";
import { countSet, type Defs, type FormSection } from "../model/fields";
import { type Path, pathText } from "../model/paths";
import { problemsWithin } from "../model/problems";
import type { Json, JsonObject, Problem } from "../model/types";
import { t } from "../texts";

interface DataFormProps {
  subject: string;
  kind: "node" | "edge";
  /** Of a node. */
  type?: string;
  data: JsonObject;
  sections: readonly FormSection[];
  defs: Defs;
  problems: readonly Problem[];
}

export function DataForm({ subject, kind, type, data, sections, defs, problems }: DataFormProps) {
  const { graph } = useEditor();
  const box = useRef<HTMLDivElement>(null);
  const onChange = useCallback(
    (path: Path, value: Json | undefined) => {
      const set = kind === "node" ? setNodeValue : setEdgeValue;
      graph.getState().edit((before) => set(before, subject, path, value), `${subject}.${pathText(path)}`);
    },
    [graph, kind, subject],
  );
  const zone = typeof data.time_zone === "string" ? data.time_zone : undefined;
  const registry = typeof data.registry === "string" ? data.registry : undefined;
  const form = useMemo(
    () => ({ defs, problems, type, zone, registry, onChange }),
    [defs, problems, type, zone, registry, onChange],
  );
  useFocusedField(box, sections);
  return (
    <Form.Provider value={form}>
      <div ref={box}>
        {sections.map((section) => (
          <SectionView
            key={section.name}
            section={section}
            data={data}
            problems={problems}
            isOnly={sections.length === 1}
          />
        ))}
      </div>
    </Form.Provider>
  );
}

interface SectionViewProps {
  section: FormSection;
  data: JsonObject;
  problems: readonly Problem[];
  isOnly: boolean;
}

function SectionView({ section, data, problems, isOnly }: SectionViewProps) {
  const { view } = useEditor();
  const isOpen = useView((state) => state.openSections[section.name] ?? false);
  const wrong = section.fields.flatMap((field) => problemsWithin(problems, field.key));
  const count = countSet(section.fields, data);
  const fields = section.fields.map((field) => (
    <FieldView key={field.key} field={field} path={[field.key]} value={data[field.key]} />
  ));
  if (isOnly) return <div className="flex flex-col gap-3.5 px-4 py-3.5">{fields}</div>;
  return (
    <section className="border-b border-line" data-section={section.name}>
      <h3>
        <button
          type="button"
          aria-expanded={isOpen}
          className="flex h-9 w-full items-center gap-2 px-4 text-left text-xs font-semibold text-ink-2 hover:bg-hover hover:text-ink focus-visible:-outline-offset-2"
          onClick={({ currentTarget }) => {
            view.setState((state) => ({ openSections: { ...state.openSections, [section.name]: !isOpen } }));
            // What was opened should be seen, also at the lower end of the panel.
            if (!isOpen)
              requestAnimationFrame(() =>
                currentTarget.closest("section")?.scrollIntoView({ block: "nearest" }),
              );
          }}
        >
          <ChevronRight
            aria-hidden
            className={cn("size-3.5 text-ink-3 transition-transform duration-100", isOpen && "rotate-90")}
          />
          {section.title}
          {wrong.length > 0 && (
            <span
              className={cn(
                "size-1.5 rounded-full",
                wrong.some((problem) => problem.severity === "error") ? "bg-bad" : "bg-warn",
              )}
              title={t.node.problems(wrong.length)}
            />
          )}
          {!isOpen && count > 0 && (
            <span className="ml-auto text-2xs font-normal text-ink-3">{t.inspector.set(count)}</span>
          )}
        </button>
      </h3>
      {isOpen && <div className="flex flex-col gap-3.5 px-4 pt-1 pb-4">{fields}</div>}
    </section>
  );
}

/** When a problem was clicked: opens the section of its field, and puts the cursor there. */
function useFocusedField(
  box: React.RefObject<HTMLDivElement | null>,
  sections: readonly FormSection[],
): void {
  const { view } = useEditor();
  const focus = useSelection((state) => state.focus);
  useEffect(() => {
    if (!focus) return;
    const top = focus.field.split(".")[0] ?? "";
    const section = sections.find((each) => each.fields.some((field) => field.key === top));
    if (section) {
      view.setState((state) => ({ openSections: { ...state.openSections, [section.name]: true } }));
    }
    const frame = requestAnimationFrame(() => {
      const places = [focus.field, top].map((path) =>
        box.current?.querySelector(`[data-field="${CSS.escape(path)}"]`),
      );
      const place = places.find((each) => each);
      place?.scrollIntoView({ block: "center" });
      place?.querySelector<HTMLElement>("input, textarea, button")?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [focus, sections, view, box]);
}
