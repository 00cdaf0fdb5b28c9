import { useMemo } from "react";
import { TypeIcon } from "@/graph/type-icon";
import { Segmented } from "@/ui";
import { BuildPart } from "../building/BuildPart";
import { useEditor, useSaving, useView } from "../editor";
import { defsOf, sectionsOf } from "../model/fields";
import { isForEye } from "../model/flow";
import { nodeName } from "../model/names";
import type { GraphNode, Problem } from "../model/types";
import { Diagnosis } from "../operate/Diagnosis";
import { NodeLinks } from "../operate/NodeLinks";
import { PlannedPart } from "../planned/PlannedPart";
import { t } from "../texts";
import { Connections } from "./Connections";
import { DataForm } from "./DataForm";
import { PanelActions } from "./Inspector";
import { LivePart } from "./LivePart";
import { LooseProblems } from "./LooseProblems";
import { YamlView } from "./YamlView";

const NONE: readonly Problem[] = [];

export function NodePanel({ node }: { node: GraphNode }) {
  const { rules, view } = useEditor();
  useView((state) => state.knownTypes);
  const template = rules.template(node.type);
  const chosen = useView((state) => state.nodeTab);
  // What is only for the eye becomes no object, so there is no YAML of it.
  const isDrawing = isForEye(node);
  const tab = isDrawing ? "form" : chosen;
  return (
    <>
      <header className="flex items-center gap-2.5 border-b border-line py-2.5 pr-2 pl-4">
        <TypeIcon icon={template?.icon} category={template?.category} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-sm font-semibold">
            {nodeName(node) || (isDrawing ? template?.display_name : t.node.unnamed)}
          </h2>
          <p className="truncate text-2xs text-ink-3">{template?.display_name ?? node.type}</p>
        </div>
        <PanelActions canDuplicate />
      </header>
      {!isDrawing && (
        <div className="border-b border-line px-4 py-2">
          <Segmented
            label={t.inspector.views}
            value={tab}
            options={[
              { value: "form", label: t.inspector.form },
              { value: "yaml", label: t.inspector.yaml },
              { value: "both", label: t.inspector.both },
            ]}
            onValueChange={(next) => view.setState({ nodeTab: next })}
          />
        </div>
      )}
      {tab === "both" ? (
        <div className="flex min-h-0 flex-1 max-lg:flex-col">
          <div className="flex min-h-0 flex-1 flex-col lg:max-w-92">
            <Settings node={node} />
          </div>
          <div className="flex min-h-0 min-w-0 flex-1 flex-col border-line max-lg:border-t lg:border-l">
            <YamlView node={node} />
          </div>
        </div>
      ) : tab === "yaml" ? (
        <YamlView node={node} />
      ) : (
        <Settings node={node} />
      )}
    </>
  );
}

function Settings({ node }: { node: GraphNode }) {
  const { rules } = useEditor();
  const template = rules.template(node.type);
  const problems = useSaving((state) => state.problems.byNode[node.id]) ?? NONE;
  const sections = useMemo(() => (template ? sectionsOf(template) : []), [template]);
  const known = useMemo(
    () => new Set(sections.flatMap((section) => section.fields.map((field) => field.key))),
    [sections],
  );
  return (
    <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain" data-testid="node-form">
      <PlannedPart nodeId={node.id} />
      <Diagnosis nodeId={node.id} />
      <LivePart nodeId={node.id} />
      <BuildPart node={node} />
      <NodeLinks nodeId={node.id} />
      <LooseProblems problems={problems} known={known} />
      {template ? (
        <DataForm
          type={node.type}
          subject={node.id}
          kind="node"
          data={node.data}
          sections={sections}
          defs={defsOf(template.schema)}
          problems={problems}
        />
      ) : (
        <p className="px-4 py-3 text-sm text-ink-2">{t.inspector.unknownText}</p>
      )}
      <Connections node={node} />
    </div>
  );
}
