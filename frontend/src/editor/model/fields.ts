/** From a JSON Schema to what a form shows. Pure: which control draws a field is decided in `forms/`. */

import { isBlank, isObject } from "./paths";
import type { Json, JsonObject, JsonSchema, Section, Template } from "./types";

type FieldKind =
  | "text"
  | "textarea"
  | "number"
  | "switch"
  | "enum"
  | "mixed" // a number or a text: a port or its name, a quantity
  | "map"
  | "secrets"
  | "list" // of plain texts
  | "rows" // of objects
  | "object"
  | "resources"
  | "json"
  | "yaml"
  | "color"
  | "overrides"
  | "either"; // several shapes: the person says which

export interface Field {
  key: string;
  kind: FieldKind;
  title: string;
  help: string;
  isRequired: boolean;
  placeholder: string;
  format: string;
  options: string[];
  fallback: Json | undefined;
  minimum?: number | undefined;
  maximum?: number | undefined;
  isInteger: boolean;
  schema: JsonSchema;
}

export interface FormSection {
  name: string;
  title: string;
  fields: Field[];
}

export type Defs = Record<string, JsonSchema>;

/** The schema behind a reference; what stands beside the reference (title, group, widget) wins. */
export function resolved(schema: JsonSchema, defs: Defs): JsonSchema {
  if (!schema.$ref) return schema;
  const { $ref, ...own } = schema;
  const target = defs[$ref.split("/").at(-1) ?? ""];
  return target ? { ...resolved(target, defs), ...own } : own;
}

export function defsOf(schema: JsonSchema): Defs {
  return schema.$defs ?? {};
}

const WIDGETS: Record<string, FieldKind> = {
  json: "json",
  yaml: "yaml",
  textarea: "textarea",
  code: "textarea",
  color: "color",
  overrides: "overrides",
  resources: "resources",
  "secret-values": "secrets",
};

function kindOf(schema: JsonSchema, defs: Defs): FieldKind {
  const widget = schema["x-widget"];
  if (widget && WIDGETS[widget]) return WIDGETS[widget];
  if (schema.enum) return "enum";
  if (schema.anyOf) return kindOfChoice(schema.anyOf, defs);
  if (schema.type === "array") return kindOfList(schema.items ?? {}, defs);
  if (schema.type === "object") return kindOfObject(schema);
  if (schema.type === "boolean") return "switch";
  if (schema.type === "integer" || schema.type === "number") return "number";
  return schema.type === "string" ? "text" : "json";
}

function kindOfChoice(options: readonly JsonSchema[], defs: Defs): FieldKind {
  const types = options.map((option) => resolved(option, defs).type ?? "");
  if (types.every((type) => type === "string")) return "text";
  return types.every((type) => ["string", "integer", "number"].includes(type)) ? "mixed" : "either";
}

function kindOfList(items: JsonSchema, defs: Defs): FieldKind {
  const item = resolved(items, defs);
  if (item.type === "object" && item.properties) return "rows";
  if (item.type === "string" && !item.enum) return "list";
  const plain = item.anyOf?.some((option) => option.type === "string");
  return plain ? "list" : "json";
}

function kindOfObject(schema: JsonSchema): FieldKind {
  if (schema.properties) return "object";
  const values = schema.additionalProperties;
  if (!isObject(values)) return "json";
  const value = values as JsonSchema;
  const isPlain = value.type === "string" || value.anyOf?.every((one) => one.type !== "object" && !one.$ref);
  return isPlain ? "map" : "json";
}

export function fieldOf(key: string, schema: JsonSchema, isRequired: boolean, defs: Defs): Field {
  const full = resolved(schema, defs);
  const types = [full.type, ...(full.anyOf ?? []).map((option) => option.type)];
  return {
    key,
    kind: kindOf(full, defs),
    title: full.title ?? titleOf(key),
    help: full.description ?? "",
    isRequired,
    placeholder: full["x-placeholder"] ?? "",
    format: full.format ?? "",
    options: (full.enum ?? []).map(String),
    fallback: full.default,
    minimum: full.minimum,
    maximum: full.maximum,
    isInteger: types.includes("integer") && !types.includes("number"),
    schema: full,
  };
}

function titleOf(key: string): string {
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The fields of an object, those that are needed first. */
export function fieldsOf(schema: JsonSchema, defs: Defs): Field[] {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(([key, property]) =>
    fieldOf(key, property, required.has(key), defs),
  );
  return [...fields.filter((field) => field.isRequired), ...fields.filter((field) => !field.isRequired)];
}

/** A template's form: basic first; within it the name, the image and what is needed before the rest. */
export function sectionsOf(template: Template): FormSection[] {
  const defs = defsOf(template.schema);
  const byKey = new Map(fieldsOf(template.schema, defs).map((field) => [field.key, field]));
  const sections = template.ui.groups.map((group) => section(group, byKey));
  const shown = new Set(sections.flatMap((each) => each.fields.map((field) => field.key)));
  const rest = [...byKey.values()].filter((field) => !shown.has(field.key));
  if (rest.length > 0) sections.push({ name: "other", title: "Other", fields: rest });
  return sections.filter((each) => each.fields.length > 0);
}

function section(group: Section, byKey: ReadonlyMap<string, Field>): FormSection {
  const fields = group.fields.map((key) => byKey.get(key)).filter((field) => field !== undefined);
  const weight = (field: Field) =>
    field.key === "name"
      ? 0
      : field.isRequired || CONTENT.has(field.kind)
        ? 1
        : PLAIN.has(field.kind)
          ? 2
          : field.kind === "switch"
            ? 4
            : 3;
  const sorted = group.name === "basic" ? fields.toSorted((a, b) => weight(a) - weight(b)) : fields;
  return { name: group.name, title: group.title, fields: sorted };
}

/** What a node is there for: its keys and values. */
const CONTENT: ReadonlySet<FieldKind> = new Set(["map", "secrets"]);
const PLAIN: ReadonlySet<FieldKind> = new Set(["text", "number", "enum", "mixed"]);

/** How many fields of a section say something. */
export function countSet(fields: readonly Field[], data: JsonObject): number {
  return fields.filter((field) => !isBlank(data[field.key]) && data[field.key] !== field.fallback).length;
}

/** What of a row is always in view: what is needed, then the first plain fields, at most three. */
export function splitRow(fields: readonly Field[]): { inline: Field[]; rest: Field[] } {
  const plain = fields.filter((field) => PLAIN.has(field.kind));
  const inline = [
    ...plain.filter((field) => field.isRequired),
    ...plain.filter((field) => !field.isRequired),
  ];
  const chosen = new Set(inline.slice(0, 3));
  return { inline: [...chosen], rest: fields.filter((field) => !chosen.has(field)) };
}

/** What a typed text becomes in data: nothing when it is empty, a number where one is meant. */
export function parseText(field: Pick<Field, "kind" | "isInteger">, text: string): Json | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  if (field.kind === "number") {
    const value = Number(trimmed);
    if (!Number.isFinite(value)) return undefined;
    return field.isInteger ? Math.trunc(value) : value;
  }
  if (field.kind === "mixed") return /^-?(0|[1-9]\d{0,14})$/.test(trimmed) ? Number(trimmed) : trimmed;
  return text;
}

/** Which of several shapes a value has; the first when there is none yet. */
export function choiceOf(options: readonly JsonSchema[], defs: Defs, value: Json | undefined): number {
  const type = Array.isArray(value) ? "array" : isObject(value) ? "object" : typeof value;
  const found = options.findIndex((option) => resolved(option, defs).type === type);
  return Math.max(found, 0);
}
