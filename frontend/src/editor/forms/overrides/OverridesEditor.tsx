/** The text of overrides, with the names that fit where the cursor stands; what it means is kept, not how it was written. */

import { autocompletion } from "@codemirror/autocomplete";
import { yaml } from "@codemirror/lang-yaml";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Json } from "../../model/types";
import { t } from "../../texts";
import CodeEditor from "../CodeEditor";
import { useForm } from "../context";
import { Note } from "../Labelled";
import type { ControlProps } from "../scalars";
import { readPatch, written } from "./patch";
import { wordsFor } from "./words";

export default function OverridesEditor({ field, value, onChange }: ControlProps) {
  const [typed, setTyped] = useState<{ text: string; value: Json | undefined } | null>(null);
  const extensions = useExtensions();
  const [fault, setFault] = useState("");
  const text = typed && typed.value === value ? typed.text : written(value);
  const change = (next: string) => {
    const read = readPatch(next);
    setFault(read.fault);
    setTyped({ text: next, value: read.fault ? value : read.value });
    if (!read.fault) onChange(read.value);
  };
  return (
    <div className="flex flex-col gap-1">
      <CodeEditor text={text} label={field.title} onChange={change} language="yaml" extensions={extensions} />
      <Note text={fault} tone="error" />
      {!fault && <p className="text-2xs text-ink-3">{t.form.overridesKeys}</p>}
    </div>
  );
}

function useExtensions() {
  const client = useQueryClient();
  const { type } = useForm();
  return useMemo(
    () => [yaml(), ...(type ? [autocompletion({ override: [wordsFor(type, client)] })] : [])],
    [type, client],
  );
}
