"""Schemas of custom resources: what is wrong with a value, and a form of bounded size. No network, no surprises.

A schema comes from a plugin's folder or from whatever cluster somebody connected, so it counts as hostile: patterns of
a cluster are not run here (the cluster runs them), nothing is fetched, and both schema and answer are bounded.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import jsonschema
import msgspec
from referencing import Registry
from referencing.exceptions import Unresolvable

from plugins.sdk.fields import Json

MAX_SCHEMA_BYTES = 1024 * 1024
MAX_FORM_BYTES = 24 * 1024
_MAX_DEPTH = 24
_MAX_FAULTS = 20
_SHOWN = 80
_FREE: Json = {"type": "object", "x-widget": "json", "additionalProperties": True}
_KEPT = (
    "title",
    "description",
    "type",
    "enum",
    "default",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "required",
    "anyOf",
    "oneOf",
    "allOf",
    "not",
    "const",
    "minProperties",
    "maxProperties",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "uniqueItems",
    "$ref",
)


class BadSchema(ValueError):
    """The schema cannot be used; one sentence."""


class Fault(NamedTuple):
    """`path` within the value, such as `issuerRef.name`; `is_unknown` for a field that the schema does not name."""

    path: str
    message: str
    is_unknown: bool = False


class Checker:
    """Judges values by one schema."""

    def __init__(self, schema: Json, *, with_patterns: bool) -> None:
        if len(msgspec.json.encode(schema)) > MAX_SCHEMA_BYTES:
            raise BadSchema("The schema is larger than 1 MiB.")
        self.schema = _normal(schema, with_patterns, 0)
        try:
            jsonschema.Draft202012Validator.check_schema(self.schema)
        except jsonschema.SchemaError as error:
            raise BadSchema(f"The schema is not a JSON Schema: {error.message[:200]}.") from None
        _refuse_references(self.schema)
        self._validator = jsonschema.Draft202012Validator(self.schema, registry=Registry())

    def faults(self, value: Any) -> Iterator[Fault]:
        """At most twenty; a missing field is named by its own path."""
        found = 0
        try:
            for error in self._validator.iter_errors(value):
                yield _told(error)
                found += 1
                if found == _MAX_FAULTS:
                    return
        except (Unresolvable, RecursionError):
            return  # What the schema leaves open is the cluster's to judge.
        for path in unknown_fields(self.schema, value):
            yield Fault(path, "is not a field that this kind knows; the cluster would drop it", is_unknown=True)
            found += 1
            if found == _MAX_FAULTS:
                return


def unknown_fields(schema: Json, value: Any, path: str = "") -> Iterator[str]:
    """What a cluster prunes: fields that a structural schema does not name."""
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        for index, item in enumerate(value):
            yield from unknown_fields(schema["items"], item, _joined(path, str(index)))
    properties = schema.get("properties")
    if not isinstance(value, dict) or schema.get("x-open"):
        return
    more = schema.get("additionalProperties")
    for key, item in value.items():
        where = _joined(path, key)
        if isinstance(properties, dict) and key in properties:
            yield from unknown_fields(properties[key], item, where)
        elif isinstance(more, dict):
            yield from unknown_fields(more, item, where)
        elif isinstance(properties, dict) and not more:
            yield where


def form_of(schema: Json) -> Json:
    """The schema as a form may show it: deep or heavy parts become free JSON, so that it stays of bounded size."""
    for depth in (6, 4, 3, 2, 1):
        cut = _cut(schema, depth)
        if len(msgspec.json.encode(cut)) <= MAX_FORM_BYTES:
            return cut
    return dict(_FREE)


def defaults_of(schema: Json) -> Any:
    """What a schema gives where nothing is said: only fields that are needed or have a default."""
    if "default" in schema:
        return schema["default"]
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return None
    found = {name: defaults_of(prop) for name, prop in properties.items() if isinstance(prop, dict)}
    return {name: value for name, value in found.items() if value is not None} or None


def _normal(schema: Any, with_patterns: bool, depth: int) -> Json:
    """Plain JSON Schema: Kubernetes' own words become what they mean."""
    if not isinstance(schema, dict) or depth > _MAX_DEPTH:
        return {"x-open": True}
    kept: Json = {key: schema[key] for key in _KEPT if key in schema}
    if with_patterns and "pattern" in schema:
        kept["pattern"] = schema["pattern"]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in kept:
            kept[key] = [_normal(item, with_patterns, depth + 1) for item in _list(kept[key])]
    for key in ("properties", "$defs"):
        if isinstance(schema.get(key), dict):
            kept[key] = {str(name): _normal(item, with_patterns, depth + 1) for name, item in schema[key].items()}
    for key in ("items", "additionalProperties", "not"):
        if isinstance(schema.get(key), dict):
            kept[key] = _normal(schema[key], with_patterns, depth + 1)
    _translate(schema, kept)
    return kept


def _translate(schema: Json, kept: Json) -> None:
    if schema.get("x-kubernetes-int-or-string"):
        kept.pop("anyOf", None)
        kept["type"] = ["integer", "string"]
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("x-kubernetes-embedded-resource")
    if is_open or schema.get("additionalProperties") is True:
        kept["x-open"] = True
    if schema.get("nullable") and isinstance(kept.get("type"), str):
        kept["type"] = [kept["type"], "null"]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _refuse_references(schema: Any) -> None:
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            raise BadSchema(f"The schema refers to {reference[:80]}; it must hold all that it needs.")
        for item in schema.values():
            _refuse_references(item)
    elif isinstance(schema, list):
        for item in schema:
            _refuse_references(item)


def _cut(schema: Any, depth: int) -> Json:
    if not isinstance(schema, dict):
        return dict(_FREE)
    is_leaf = not isinstance(schema.get("properties"), dict) and not isinstance(schema.get("items"), dict)
    told = {key: schema[key] for key in ("title", "description") if isinstance(schema.get(key), str)}
    if "description" in told:
        told["description"] = told["description"].strip().split("\n\n")[0][:300]
    if depth == 0 and not is_leaf:
        return {**(_FREE if schema.get("type") == "object" else {"type": "array", "x-widget": "json"}), **told}
    kept: Json = {key: schema[key] for key in ("type", "enum", "default", "minimum", "maximum") if key in schema}
    kept.update(told)
    if isinstance(kept.get("type"), list):
        kept["type"] = next((each for each in kept["type"] if each == "string"), kept["type"][0])
    if schema.get("x-kubernetes-int-or-string"):
        kept["anyOf"] = [{"type": "integer"}, {"type": "string"}]
        kept.pop("type", None)
    if isinstance(schema.get("properties"), dict):
        kept["properties"] = {
            name: {"title": _title(name), **_cut(item, depth - 1)} for name, item in schema["properties"].items()
        }
        kept["required"] = [name for name in _list(schema.get("required")) if name in kept["properties"]]
    elif schema.get("type") == "object" and not isinstance(schema.get("additionalProperties"), dict):
        kept.update(_FREE)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            kept[key] = _cut(schema[key], depth - 1)
    return kept


def _title(name: str) -> str:
    """`issuerRef` is shown as `Issuer ref`."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return words[:1].upper() + words[1:]


def _told(error: jsonschema.ValidationError) -> Fault:
    path = ".".join(str(part) for part in error.absolute_path)
    match error.validator:
        case "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            name = next((each for each in missing if f"'{each}'" in error.message), missing[0])
            return Fault(_joined(path, name), "is missing; fill it in")
        case "type":
            wanted = error.validator_value
            names = " or ".join(wanted) if isinstance(wanted, list) else wanted
            return Fault(path, f"must be of type {names}")
        case "enum":
            options = ", ".join(str(item) for item in error.validator_value[:12])
            return Fault(path, f"must be one of {options}")
        case "pattern":
            return Fault(path, f"does not have the form {str(error.validator_value)[:_SHOWN]}")
        case "minimum" | "maximum":
            word = "least" if error.validator == "minimum" else "most"
            return Fault(path, f"must be at {word} {error.validator_value}")
        case "oneOf" | "anyOf":
            return Fault(path, "must say exactly one of the ways that this kind offers; see its documentation")
    return Fault(path, f"does not fit: {error.message[:200]}")


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
