/** What lists and pages say of an object beside its state. Pure; a cluster may hold anything. */
import { t } from "@/texts";
import type { Tone } from "@/ui";

export interface Fact {
  label: string;
  text: string;
  isCode: boolean;
}

/** Shown elsewhere, or worth no line. */
const ELSEWHERE = new Set(["desired", "ready", "running", "requests", "limits", "key_count"]);
const CODE = new Set([
  "images",
  "ip",
  "cluster_ip",
  "ports",
  "addresses",
  "hosts",
  "selector",
  "schedule",
  "keys",
]);

export function factsOf(facts: Record<string, unknown>): Fact[] {
  return Object.entries(facts)
    .filter(([key]) => !ELSEWHERE.has(key))
    .map(([key, value]) => ({ label: labelOf(key), text: textOf(value), isCode: CODE.has(key) }))
    .filter((fact) => fact.text !== "");
}

function labelOf(key: string): string {
  const plain = key.replaceAll("_", " ");
  return t.resources.facts[key] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(textOf).join("\n");
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([key, each]) => `${key}=${textOf(each)}`)
      .join("\n");
  }
  return String(value);
}

export interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  tone: Tone;
}

/** Of these "False" is how it should be. */
const BETTER_FALSE = /pressure|unavailable|failure|failed|stalled|disruptiontarget/i;

export function conditionsOf(object: Record<string, unknown> | null): Condition[] {
  const status = object?.status;
  const found = isMap(status) ? status.conditions : undefined;
  if (!Array.isArray(found)) return [];
  return found.filter(isMap).map((each) => {
    const type = String(each.type ?? "");
    const state = String(each.status ?? "");
    const wanted = BETTER_FALSE.test(type) ? "False" : "True";
    const isUnclear = state !== "True" && state !== "False";
    return {
      type,
      status:
        state === "True" ? t.resources.conditionYes : state === "False" ? t.resources.conditionNo : state,
      reason: String(each.reason ?? ""),
      message: String(each.message ?? ""),
      tone: isUnclear ? "neutral" : state === wanted ? "ok" : "warn",
    };
  });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
