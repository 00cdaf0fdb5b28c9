/** Two versions beside one another: the picture of both, and what changed in words. */

import { useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { useMemo, useState } from "react";
import { Badge, Dialog, ErrorState, Select, Skeleton, type Tone } from "@/ui";
import { useEditor } from "../editor";
import type { Graph, Version } from "../model/types";
import { t } from "../texts";
import { ComparePicture } from "./ComparePicture";
import { type Comparison, compare, getVersionGraph } from "./calls";
import { isSame, type Mark, pictureOf } from "./comparison";

const words = t.operate.compare;
const DRAFT = "draft";

const MARK_TONES: Record<Mark, Tone> = {
  added: "ok",
  removed: "bad",
  changed: "warn",
  same: "neutral",
};

interface CompareProps {
  version: number;
  versions: readonly Version[];
  onClose: () => void;
}

interface Compared {
  comparison: Comparison;
  before: Graph;
  after: Graph;
}

export function CompareDialog({ version, versions, onClose }: CompareProps) {
  const { autosave, graph, workflow } = useEditor();
  const [from, setFrom] = useState(String(version));
  const [to, setTo] = useState(DRAFT);
  const found = useQuery({
    queryKey: ["editor", "compare", workflow.id, from, to],
    queryFn: async (): Promise<Compared> => {
      if (from === DRAFT || to === DRAFT) await autosave.flush();
      const graphOf = async (name: string): Promise<Graph> =>
        name === DRAFT ? graph.getState().graph : getVersionGraph(workflow.id, name);
      const [comparison, before, after] = await Promise.all([
        compare(workflow.id, from, to),
        graphOf(from),
        graphOf(to),
      ]);
      return { comparison, before, after };
    },
    gcTime: 0,
    retry: false,
  });
  const options = [
    { value: DRAFT, label: words.draft },
    ...versions.map((each) => ({
      value: String(each.version),
      label: words.version(each.version),
      note: each.name || undefined,
    })),
  ];
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={words.title}
      className="max-w-5xl sm:top-[6vh] sm:max-h-[88vh]"
    >
      <div className="flex flex-col gap-4" data-testid="compare">
        <div className="flex flex-wrap items-center gap-2">
          <Select
            label={words.from}
            className="w-48"
            value={from}
            onValueChange={setFrom}
            options={options}
          />
          <ArrowRight aria-hidden className="size-4 text-ink-3" />
          <Select label={words.to} className="w-48" value={to} onValueChange={setTo} options={options} />
        </div>
        {found.isPending ? (
          <Skeleton className="h-72" />
        ) : found.isError ? (
          <ErrorState className="py-8" error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Differences {...found.data} />
        )}
      </div>
    </Dialog>
  );
}

function Differences({ comparison, before, after }: Compared) {
  const picture = useMemo(() => pictureOf(before, after, comparison), [before, after, comparison]);
  const { nodes, edges } = comparison;
  const { rules } = useEditor();
  const kindOf = (type: string) => rules.template(type)?.display_name ?? type;
  const names = new Map(picture.boxes.map((box) => [box.id, box.name || box.type]));
  const edgeName = (edge: { source: string; target: string }) =>
    `${names.get(edge.source) ?? edge.source} → ${names.get(edge.target) ?? edge.target}`;
  if (isSame(comparison)) {
    return (
      <p className="rounded-lg border border-line py-10 text-center text-sm text-ink-2">
        {words.same} {nodes.moved.length > 0 && words.moved(nodes.moved.length)}
      </p>
    );
  }
  return (
    <div className="grid gap-4 md:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)]">
      <ComparePicture picture={picture} />
      <ul className="flex max-h-[56vh] flex-col gap-2 overflow-y-auto text-sm">
        {nodes.added.map((node) => (
          <Entry key={`a ${node.id}`} mark="added" kind={kindOf(node.type)} name={node.name ?? node.id} />
        ))}
        {nodes.removed.map((node) => (
          <Entry key={`r ${node.id}`} mark="removed" kind={kindOf(node.type)} name={node.name ?? node.id} />
        ))}
        {nodes.changed.map((node) => (
          <Entry
            key={`c ${node.id}`}
            mark="changed"
            kind={kindOf(node.type)}
            name={node.name ?? node.id}
            changes={node.changes}
          />
        ))}
        {edges.added.map((edge) => (
          <Entry key={`a ${edge.id}`} mark="added" kind={words.edge} name={edgeName(edge)} />
        ))}
        {edges.removed.map((edge) => (
          <Entry key={`r ${edge.id}`} mark="removed" kind={words.edge} name={edgeName(edge)} />
        ))}
        {edges.changed.map((edge) => (
          <Entry
            key={`c ${edge.id}`}
            mark="changed"
            kind={words.edge}
            name={edgeName(edge)}
            changes={edge.changes}
          />
        ))}
        {nodes.moved.length > 0 && <li className="text-xs text-ink-3">{words.moved(nodes.moved.length)}</li>}
      </ul>
    </div>
  );
}

interface EntryProps {
  mark: Exclude<Mark, "same">;
  kind: string;
  name: string;
  changes?: readonly { path: string; from?: unknown; to?: unknown }[];
}

function Entry({ mark, kind, name, changes = [] }: EntryProps) {
  return (
    <li className="rounded-lg border border-line px-3 py-2" data-testid="compare-entry" data-mark={mark}>
      <div className="flex items-center gap-2">
        <Badge tone={MARK_TONES[mark]}>{words[mark]}</Badge>
        <span className="min-w-0 truncate font-medium" title={name}>
          {name}
        </span>
        <span className="shrink-0 text-xs text-ink-3">{kind}</span>
      </div>
      {changes.length > 0 && (
        <dl className="mt-1.5 flex flex-col gap-1.5 font-mono text-2xs">
          {changes.map((change) => (
            <div key={change.path} className="min-w-0">
              <dt className="break-all text-ink-2">{change.path.replace(/^data\./, "")}</dt>
              <dd className="flex flex-col">
                <span className="break-all text-bad-ink">− {show(change.from)}</span>
                <span className="break-all text-ok-ink">+ {show(change.to)}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}

function show(value: unknown): string {
  if (value === null || value === undefined) return words.absent;
  return typeof value === "string" ? value : JSON.stringify(value);
}
