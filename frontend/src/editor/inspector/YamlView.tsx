import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { messageOf } from "@/api/errors";
import { useDebounced } from "@/app/use-debounced";
import { CopyButton, Notice, Skeleton } from "@/ui";
import { previewNode } from "../api/calls";
import { useEditor, useGraph } from "../editor";
import { nodeName } from "../model/names";
import type { GraphNode } from "../model/types";
import { t } from "../texts";

const SETTLED_MS = 250;

/** What Kubernetes gets of this node, with the picture as it is now. */
export function YamlView({ node }: { node: GraphNode }) {
  const { workflow } = useEditor();
  const graph = useDebounced(
    useGraph((state) => state.graph),
    SETTLED_MS,
  );
  const preview = useQuery({
    queryKey: ["preview", workflow.id, node.id, graph],
    queryFn: ({ signal }) => previewNode(workflow.id, graph, node.id, signal),
    placeholderData: keepPreviousData,
    // Each state of the picture is another question.
    gcTime: 0,
  });
  const text = useDeferredValue(preview.data?.yaml ?? "");
  const isStuck = preview.data?.problems.some(
    (problem) => problem.severity === "error" && (problem.node_id === node.id || problem.node_id === null),
  );
  const name = nodeName(node) || t.node.unnamed;
  return (
    <section
      aria-label={t.inspector.yamlOf(name)}
      className="flex min-h-0 flex-1 flex-col"
      data-testid="node-yaml"
    >
      <div className="flex items-start gap-2 px-4 pt-3">
        <p className="flex-1 text-xs text-pretty text-ink-2">{t.inspector.yamlText}</p>
        {text && <CopyButton text={text} label={t.inspector.copyYaml} />}
      </div>
      {preview.isError && (
        <div className="px-4 pt-3">
          <Notice>{messageOf(preview.error)}</Notice>
        </div>
      )}
      {preview.isPending ? (
        <div className="flex flex-col gap-2 p-4">
          <Skeleton className="h-3 w-40" />
          <Skeleton className="h-3 w-52" />
          <Skeleton className="h-3 w-32" />
        </div>
      ) : text ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is only read is scrolled by key
        <pre tabIndex={0} className="m-0 min-h-0 flex-1 overflow-auto p-4 font-mono text-xs leading-5">
          <Lines text={text} />
        </pre>
      ) : (
        !preview.isError && (
          <p className="p-4 text-sm text-ink-2">{isStuck ? t.inspector.yamlWaits : t.inspector.yamlNone}</p>
        )
      )}
    </section>
  );
}

const KEY = /^(\s*(?:- )*)([^\s:#][^:]*?):(?=\s|$)(.*)$/;

/** Keys apart from values: enough to find one's way, without an editor. */
function Lines({ text }: { text: string }) {
  return text.split("\n").map((line, index) => {
    const match = KEY.exec(line);
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
      <span key={index} className="block min-h-5">
        {match ? (
          <>
            {match[1]}
            <span className="text-accent-ink">{match[2]}</span>:<span>{match[3]}</span>
          </>
        ) : (
          <span className="text-ink-2">{line}</span>
        )}
      </span>
    );
  });
}
