/** Kubernetes' own words, verbatim: JSON that is checked as it is typed, or YAML as it is. */

import { useState } from "react";
import { late, Skeleton } from "@/ui";
import { isBlank, isObject } from "../model/paths";
import type { Json } from "../model/types";
import { t } from "../texts";
import { Note } from "./Labelled";
import { AddButton } from "./MapControl";
import type { ControlProps } from "./scalars";

const Editor = late<EditorProps>(() => import("./CodeEditor"), <Skeleton className="h-20" />);

export interface EditorProps {
  text: string;
  language: "json" | "yaml";
  label: string;
  onChange: (text: string) => void;
}

export function YamlControl({ field, value, onChange }: ControlProps) {
  return (
    <Editor
      text={typeof value === "string" ? value : ""}
      language="yaml"
      label={field.title}
      onChange={(text) => onChange(text === "" ? undefined : text)}
    />
  );
}

/** Rarely needed, so it takes no room until it is. */
export function JsonControl(props: ControlProps) {
  const [isWanted, setWanted] = useState(false);
  if (isWanted || !isBlank(props.value)) return <JsonEditor {...props} />;
  return <AddButton title={props.field.title} isBare={props.isBare} onClick={() => setWanted(true)} />;
}

function JsonEditor({ field, value, onChange }: ControlProps) {
  const [typed, setTyped] = useState<{ text: string; value: Json | undefined } | null>(null);
  const [fault, setFault] = useState("");
  const text = typed && typed.value === value ? typed.text : pretty(value);
  const change = (next: string) => {
    const read = parse(next, field.schema.type);
    setFault(read.fault);
    setTyped({ text: next, value: read.fault ? value : read.value });
    if (!read.fault) onChange(read.value);
  };
  return (
    <div className="flex flex-col gap-1">
      <Editor text={text} language="json" label={field.title} onChange={change} />
      <Note text={fault} tone="error" />
    </div>
  );
}

function pretty(value: Json | undefined): string {
  return value === undefined || value === null ? "" : JSON.stringify(value, null, 2);
}

function parse(text: string, type: string | undefined): { value: Json | undefined; fault: string } {
  if (text.trim() === "") return { value: undefined, fault: "" };
  try {
    const value = JSON.parse(text) as Json;
    if (type === "object" && !isObject(value)) return { value, fault: t.form.wrongShape(t.form.anObject) };
    if (type === "array" && !Array.isArray(value)) return { value, fault: t.form.wrongShape(t.form.aList) };
    return { value, fault: "" };
  } catch (error) {
    return { value: undefined, fault: t.form.badJson(error instanceof Error ? error.message : "") };
  }
}
