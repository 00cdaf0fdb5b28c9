/** A patch as text and back. */

import { parse, stringify, YAMLParseError } from "yaml";
import { isBlank, isObject } from "../../model/paths";
import type { Json } from "../../model/types";
import { t } from "../../texts";

export function written(value: Json | undefined): string {
  return isBlank(value) ? "" : stringify(value, { lineWidth: 0 });
}

export function readPatch(text: string): { value: Json | undefined; fault: string } {
  let value: Json;
  try {
    value = parse(text, { maxAliasCount: 0 }) as Json;
  } catch (error) {
    const message = error instanceof YAMLParseError ? (error.message.split("\n")[0] ?? "") : String(error);
    return { value: undefined, fault: t.form.badYaml(message.replace(/:$/, "")) };
  }
  if (value === null) return { value: undefined, fault: "" };
  if (!isObject(value)) return { value: undefined, fault: t.form.wrongShape(t.form.aMap) };
  return { value, fault: "" };
}
