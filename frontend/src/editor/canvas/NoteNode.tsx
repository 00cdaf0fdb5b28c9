/** Text for whoever looks at the picture. */

import { type NodeProps, NodeResizer } from "@xyflow/react";
import { memo } from "react";
import { cn } from "@/ui";
import { useEditor, useView } from "../editor";
import { setNodeValue } from "../model/edits";
import type { FlowNode } from "../model/flow";
import { t } from "../texts";

function NoteNodeView({ id, data, selected }: NodeProps<FlowNode>) {
  const editor = useEditor();
  const isWriting = useView((state) => state.writingId === id);
  const setWriting = (next: boolean) => editor.view.setState({ writingId: next ? id : null });
  const text = typeof data.node.data.text === "string" ? data.node.data.text : "";
  const write = (value: string) =>
    editor.graph.getState().edit((graph) => setNodeValue(graph, id, ["text"], value), `${id}.text`);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same text can be written in the inspector
    <div
      data-testid="node"
      data-type="note"
      className={cn(
        "size-full min-h-16 min-w-44 rounded-lg border border-warn/40 bg-warn-soft p-3 text-sm text-ink",
        selected && "ring-2 ring-ring",
      )}
      onDoubleClick={() => setWriting(true)}
    >
      <NodeResizer isVisible={selected} minWidth={160} minHeight={64} lineClassName="!border-transparent" />
      {isWriting ? (
        <textarea
          // biome-ignore lint/a11y/noAutofocus: opened by a double click on this very place
          autoFocus
          className="nodrag nowheel size-full resize-none bg-transparent outline-none [field-sizing:content]"
          aria-label={data.template?.display_name}
          value={text}
          onChange={(event) => write(event.target.value)}
          onBlur={() => setWriting(false)}
          onKeyDown={(event) => event.key === "Escape" && setWriting(false)}
        />
      ) : (
        <p className={cn("max-w-64 whitespace-pre-wrap", text === "" && "text-ink-3")}>
          {text || t.node.emptyNote}
        </p>
      )}
    </div>
  );
}

export const NoteNode = memo(NoteNodeView);
