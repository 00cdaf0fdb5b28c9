import { useState } from "react";
import { t } from "@/texts";
import { Card, Segmented } from "@/ui";
import { AddForm } from "./add-form";
import { CreateForm } from "./create-form";
import type { MakeProps } from "./make";

interface Props extends MakeProps {
  /** The workflow that the import was begun in. */
  into: string | undefined;
}

/** What the import ends in: a workflow of its own, or one that is there. */
export function MakeForm({ into, ...props }: Props) {
  const [mode, setMode] = useState<"new" | "there">(into ? "there" : "new");
  const { nodes, edges } = props.analysis.graph;
  return (
    <Card className="p-4">
      <h2 className="text-sm font-semibold">{t.imports.makeTitle}</h2>
      <p className="mt-0.5 text-xs text-ink-2">{t.imports.nodes(nodes.length, edges.length)}</p>
      <Segmented
        className="mt-3 flex *:flex-1"
        label={t.imports.makeTitle}
        value={mode}
        options={[
          { value: "new", label: t.imports.makeNew },
          { value: "there", label: t.imports.makeThere },
        ]}
        onValueChange={setMode}
      />
      <div className="mt-3">
        {mode === "new" ? <CreateForm {...props} /> : <AddForm {...props} into={into} />}
      </div>
    </Card>
  );
}
