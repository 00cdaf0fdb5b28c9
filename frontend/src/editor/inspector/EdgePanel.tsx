import { ArrowRight } from "lucide-react";
import { useMemo } from "react";
import { useEditor, useGraph, useSaving } from "../editor";
import { defsOf, type FormSection, fieldsOf } from "../model/fields";
import type { GraphEdge, JsonObject, Problem } from "../model/types";
import { t } from "../texts";
import { DataForm } from "./DataForm";
import { PanelActions } from "./Inspector";
import { LooseProblems } from "./LooseProblems";

const NONE: readonly Problem[] = [];
const NO_DATA: JsonObject = {};

export function EdgePanel({ edge }: { edge: GraphEdge }) {
  const { commands, rules } = useEditor();
  const source = useGraph((state) => state.graph.nodes.find((node) => node.id === edge.source)?.type ?? "");
  const target = useGraph((state) => state.graph.nodes.find((node) => node.id === edge.target)?.type ?? "");
  const connection = rules.connection(source, target);
  const problems = useSaving((state) => state.problems.byEdge[edge.id]) ?? NONE;
  const sections = useMemo<FormSection[]>(() => {
    if (!connection) return [];
    const fields = fieldsOf(connection.schema, defsOf(connection.schema));
    return fields.length > 0 ? [{ name: "basic", title: t.edge.title, fields }] : [];
  }, [connection]);
  const known = useMemo(
    () => new Set(sections.flatMap((section) => section.fields.map((field) => field.key))),
    [sections],
  );
  return (
    <>
      <header className="flex items-center gap-2 border-b border-line py-2.5 pr-2 pl-4">
        <div className="min-w-0 flex-1">
          <h2 className="flex min-w-0 items-center gap-1.5 text-sm font-semibold">
            <span className="truncate">{commands.nameOf(edge.source)}</span>
            <ArrowRight aria-hidden className="size-3.5 shrink-0 text-ink-3" />
            <span className="truncate">{commands.nameOf(edge.target)}</span>
          </h2>
          <p className="truncate text-2xs text-ink-3">{connection?.title ?? t.edge.title}</p>
        </div>
        <PanelActions canDuplicate={false} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto" data-testid="edge-form">
        {connection?.description && (
          <p className="px-4 pt-3 text-xs text-pretty text-ink-2">{connection.description}</p>
        )}
        <LooseProblems problems={problems} known={known} />
        {sections.length > 0 && connection ? (
          <DataForm
            subject={edge.id}
            kind="edge"
            data={edge.data ?? NO_DATA}
            sections={sections}
            defs={defsOf(connection.schema)}
            problems={problems}
          />
        ) : (
          <p className="px-4 py-3 text-xs text-ink-3">{t.edge.noSettings}</p>
        )}
      </div>
    </>
  );
}
