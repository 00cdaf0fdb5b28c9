"""The rules for CRDs, and for custom resources by the schema of their CRD (CEL rules are not evaluated).

Must not know storage.
"""

from __future__ import annotations

import re
from typing import Any

from .errors import Cause, duplicate, invalid_value, required, too_long, unsupported
from .objects import Obj, dig, meta

TYPES = ("array", "boolean", "integer", "number", "object", "string")


def crd(obj: Obj, old: Obj | None) -> list[Cause]:
    spec, out = obj["spec"], []
    wanted = f"{(spec.get('names') or {}).get('plural', '')}.{spec.get('group', '')}"
    if meta(obj).get("name") != wanted:
        out.append(invalid_value("metadata.name", meta(obj).get("name"), 'must be spec.names.plural+"."+spec.group'))
    if spec.get("scope") not in ("Cluster", "Namespaced"):
        out.append(unsupported("spec.scope", spec.get("scope", ""), ["Cluster", "Namespaced"]))
    out += [required(f"spec.names.{f}") for f in ("plural", "kind") if not dig(spec, "names", f)]
    versions = spec.get("versions") or []
    if sum(1 for v in versions if v.get("storage")) != 1:
        text = "must have exactly one version marked as storage version"
        out.append(invalid_value("spec.versions", versions, text))
    for index, version in enumerate(versions):
        if not version.get("name"):
            out.append(required(f"spec.versions[{index}].name"))
        root = (version.get("schema") or {}).get("openAPIV3Schema")
        field = f"spec.versions[{index}].schema.openAPIV3Schema"
        if root is None:
            out.append(required(field, "schemas are required"))
        else:
            out += _crd_schema(root, field)
    return out


def _crd_schema(schema: Obj, field: str) -> list[Cause]:
    out: list[Cause] = []
    free = schema.get("x-kubernetes-int-or-string") or schema.get("x-kubernetes-preserve-unknown-fields")
    if not schema.get("type") and not free:
        out.append(required(f"{field}.type", "must not be empty for specified object fields"))
    elif schema.get("type") and schema["type"] not in TYPES:
        out.append(unsupported(f"{field}.type", schema["type"], list(TYPES)))
    for name, inner in (schema.get("properties") or {}).items():
        out += _crd_schema(inner, f"{field}.properties[{name}]")
    if isinstance(schema.get("items"), dict):
        out += _crd_schema(schema["items"], f"{field}.items")
    return out


def custom(obj: Obj, schema: Obj) -> list[Cause]:
    """A custom resource against the schema of its CRD (CEL rules are not evaluated)."""
    out: list[Cause] = []
    for name, inner in (schema.get("properties") or {}).items():
        if name not in ("apiVersion", "kind", "metadata") and name in obj:
            out += _against(obj[name], inner, name)
    out += [required(n) for n in schema.get("required") or [] if n not in obj]
    if any(c.reason != "FieldValueDuplicate" for c in out) and _has_rules(schema):
        text = (
            "some validation rules were not checked because the object was invalid; correct the existing errors to "
            "complete validation"
        )
        out.append(Cause("FieldValueInvalid", f"Invalid value: null: {text}", "<nil>"))
    return out


def _has_rules(schema: Any) -> bool:
    if isinstance(schema, dict):
        return "x-kubernetes-validations" in schema or any(_has_rules(v) for v in schema.values())
    return isinstance(schema, list) and any(_has_rules(v) for v in schema)


_WORDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def _word(value: Any) -> str:
    for name in ("boolean", "string", "array", "object", "integer", "number"):
        if isinstance(value, _WORDS[name]):
            return name
    return "null"


def _has_type(value: Any, schema: Obj) -> bool:
    wanted = schema.get("type")
    if not wanted or schema.get("x-kubernetes-int-or-string"):
        return True
    if isinstance(value, bool):
        return bool(wanted == "boolean")
    return isinstance(value, _WORDS[wanted]) or (wanted == "integer" and isinstance(value, float) and value % 1 == 0)


def _against(value: Any, schema: Obj, field: str) -> list[Cause]:
    if value is None:
        return []
    if not _has_type(value, schema):
        word = _word(value)
        text = f'Invalid value: "{word}": {field} in body must be of type {schema["type"]}: "{word}"'
        return [Cause("FieldValueTypeInvalid", text, field)]
    if schema.get("enum") and value not in schema["enum"]:
        return [unsupported(field, value, schema["enum"])]
    if isinstance(value, str):
        return _string_rules(value, schema, field)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number_rules(value, schema, field)
    if isinstance(value, list):
        return _list_rules(value, schema, field)
    return _object_rules(value, schema, field) if isinstance(value, dict) else []


def _string_rules(value: str, schema: Obj, field: str) -> list[Cause]:
    if len(value) > schema.get("maxLength", len(value)):
        return [too_long(field, schema["maxLength"])]
    if len(value) < schema.get("minLength", 0):
        text = f"{field} in body should be at least {schema['minLength']} chars long"
        return [invalid_value(field, value, text)]
    pattern = schema.get("pattern")
    try:
        if pattern and not re.search(pattern, value):
            return [invalid_value(field, value, f"{field} in body should match '{pattern}'")]
    except re.error:
        return []
    return []


def _number_rules(value: float, schema: Obj, field: str) -> list[Cause]:
    if value > schema.get("maximum", value):
        text = f"{field} in body should be less than or equal to {schema['maximum']}"
        return [invalid_value(field, value, text)]
    if value < schema.get("minimum", value):
        text = f"{field} in body should be greater than or equal to {schema['minimum']}"
        return [invalid_value(field, value, text)]
    return []


def _list_rules(value: list[Any], schema: Obj, field: str) -> list[Cause]:
    out: list[Cause] = []
    if len(value) > schema.get("maxItems", len(value)):
        out.append(invalid_value(field, len(value), f"must have at most {schema['maxItems']} items"))
    if len(value) < schema.get("minItems", 0):
        text = f"{field} in body should have at least {schema['minItems']} items"
        out.append(invalid_value(field, len(value), text))
    keys, seen = schema.get("x-kubernetes-list-map-keys") or [], []
    for index, item in enumerate(value):
        if isinstance(schema.get("items"), dict):
            out += _against(item, schema["items"], f"{field}[{index}]")
        if keys and isinstance(item, dict):
            key = {k: item.get(k) for k in keys}
            if key in seen:
                out.append(duplicate(f"{field}[{index}]", key))
            seen.append(key)
    return out


def _object_rules(value: Obj, schema: Obj, field: str) -> list[Cause]:
    out = [required(f"{field}.{n}") for n in schema.get("required") or [] if n not in value]
    for name, inner in (schema.get("properties") or {}).items():
        if name in value:
            out += _against(value[name], inner, f"{field}.{name}")
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict):
        for name, child in value.items():
            out += _against(child, extra, f"{field}.{name}")
    return out
