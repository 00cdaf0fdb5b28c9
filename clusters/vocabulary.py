"""The fields of Kubernetes' own objects, place by place, for people who write them by hand.

From the OpenAPI definitions of a recent release, as the practice cluster serves them; a real cluster may be older.
"""

from dataclasses import dataclass
from functools import lru_cache

from clusters.practice import schema

# Whoever reads the definitions of a whole kind asks a few hundred places of it.
_KEPT = 4096
_MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Word:
    """One field. `type` is what goes into it: object, list, map, text, whole number, number, yes or no, any."""

    name: str
    type: str
    description: str
    required: bool


_TYPES = {
    "struct": "object",
    "string": "text",
    "integer": "whole number",
    "boolean": "yes or no",
    "quantity": "text",
    "intstr": "whole number or text",
}


@lru_cache(maxsize=_KEPT)
def words_at(api_version: str, kind: str, path: tuple[str, ...]) -> tuple[Word, ...]:
    """The fields that may stand at `path` (field names; items of lists are passed through), by name.

    Nothing where the kind or the place is unknown, or where any field may stand.
    """
    name = _definition(api_version, kind)
    if name is None or len(path) > _MAX_DEPTH:
        return ()
    here = schema.defined(name)
    for step in path:
        below = here.values() if here.form == "map" else here.field(step)
        if below is None:
            return ()
        here = _of_items(below)
    if here.form != "struct":
        return ()
    told = _told(here.name)
    return tuple(
        Word(field, _type(schema.resolve(raw)), told.get(field, ""), field in here.required)
        for field, raw in sorted(here.fields.items())
    )


def _of_items(type_: schema.Type) -> schema.Type:
    while type_.form == "list":
        type_ = type_.items()
    return type_


def _type(type_: schema.Type) -> str:
    return _TYPES.get(type_.form, type_.form)


def _told(definition: str) -> dict[str, str]:
    """What each field is for: the definitions in memory are kept without it."""
    if not definition:
        return {}
    properties = schema.raw_definition(definition).get("properties") or {}
    return {name: str(raw.get("description") or "") for name, raw in properties.items()}


@lru_cache(maxsize=256)
def _definition(api_version: str, kind: str) -> str | None:
    group, _, version = api_version.rpartition("/")
    wanted = {"group": group, "version": version, "kind": kind}
    for name in schema.definition_names():
        if name.endswith(f".{version}.{kind}") and wanted in _kinds(name):
            return name
    return None


def _kinds(definition: str) -> list[dict[str, str]]:
    return schema.raw_definition(definition).get("x-kubernetes-group-version-kind") or []
