"""The JSON Schema and the form hints of a struct, as `GET /templates` publishes them.

A form wants plain types: `X or null` becomes `X`, and what running needs is listed under `required`.
"""

from typing import Any

import msgspec

from plugins.sdk.fields import Group, Json

_TITLES = {
    Group.BASIC: "Basics",
    Group.NETWORK: "Network",
    Group.CONFIG: "Configuration",
    Group.STORAGE: "Storage",
    Group.RESOURCES: "Resources",
    Group.HEALTH: "Health",
    Group.ROLLOUT: "Rollout",
    Group.SCHEDULING: "Scheduling",
    Group.SECURITY: "Security",
    Group.METADATA: "Labels and annotations",
    Group.ADVANCED: "Advanced",
}


def form_schema(struct: type[msgspec.Struct]) -> Json:
    """A self-contained schema with `$defs`; the struct itself stands at the top."""
    (root,), defs = msgspec.json.schema_components((struct,), ref_template="#/$defs/{name}")
    tidied: Json = {name: _tidy(definition) for name, definition in defs.items()}
    name = root["$ref"].rpartition("/")[2]
    top: Json = tidied.pop(name)
    if tidied:
        top["$defs"] = tidied
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **top}


def ui_hints(schema: Json) -> Json:
    """The order of fields by section, and the widget of each that wants a special one."""
    groups: dict[str, list[str]] = {}
    fields: Json = {}
    for name, prop in schema.get("properties", {}).items():
        groups.setdefault(prop.get("x-group", Group.BASIC.value), []).append(name)
        hints = {key[2:]: prop[key] for key in ("x-widget", "x-placeholder") if key in prop}
        if hints:
            fields[name] = hints
    sections = [
        {"name": group.value, "title": _TITLES[group], "fields": groups[group.value]}
        for group in Group
        if group.value in groups
    ]
    return {"groups": sections, "fields": fields}


def _tidy(value: Any) -> Any:
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    tidied = {key: _tidy(item) for key, item in value.items()}
    _drop_null(tidied)
    if tidied.get("type") == "object" and "properties" in tidied:
        _tidy_object(tidied)
    return tidied


def _drop_null(schema: Json) -> None:
    options = schema.get("anyOf")
    if not isinstance(options, list):
        return
    rest = [option for option in options if option != {"type": "null"}]
    if len(rest) == len(options):
        return
    if schema.get("default", ...) is None:
        del schema["default"]
    if len(rest) == 1:
        del schema["anyOf"]
        for key, item in rest[0].items():
            schema.setdefault(key, item)
    else:
        schema["anyOf"] = rest


def _tidy_object(schema: Json) -> None:
    """The class's name and docstring are ours, not the form's."""
    schema.pop("title", None)
    schema.pop("description", None)
    required = []
    for name, prop in schema["properties"].items():
        if prop.pop("x-required", False):
            required.append(name)
        if prop.get("default") in ("", None) and "default" in prop:
            del prop["default"]
    schema.pop("required", None)
    if required:
        schema["required"] = required
