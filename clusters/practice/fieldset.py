"""Sets of fields as managedFields writes them (fieldsV1), and the three walks that produce them.

A set is a Python set of paths; a path is a tuple of elements ("f:data", 'k:{"name":"web"}', 'v:"x"').
Must not know managers, conflicts or requests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from .errors import internal
from .objects import Obj
from .schema import Type

Path = tuple[str, ...]
FieldSet = set[Path]

KEY_DEFAULTS = {"protocol": "TCP"}


def to_json(fields: Iterable[Path]) -> Obj:
    root: Obj = {}
    for path in sorted(fields):
        node = root
        for element in path:
            node = node.setdefault(element, {})
        node["."] = {}
    return _tidy(root)


def _tidy(node: Obj) -> Obj:
    if set(node) == {"."}:
        return {}
    return {k: ({} if k == "." else _tidy(v)) for k, v in node.items()}


def from_json(node: Obj, prefix: Path = ()) -> FieldSet:
    out: FieldSet = set()
    for name, child in node.items():
        if name == ".":
            out.add(prefix)
            continue
        path = (*prefix, name)
        if not child:
            out.add(path)
        else:
            out |= from_json(child, path)
    return out


def key_element(item: Any, kind: Type, item_type: Type) -> str:
    """The path element of one entry of a keyed list."""
    keys: Obj = {}
    for name in kind.list_keys:
        value = item.get(name) if isinstance(item, dict) else None
        if value is None:
            field = item_type.field(name)
            if name in KEY_DEFAULTS:
                value = KEY_DEFAULTS[name]
            elif field is not None and field.form == "string" and name in item_type.required:
                value = ""
            else:
                continue
        keys[name] = value
    if not keys:
        names = ", ".join(kind.list_keys)
        raise internal(f"associative list with keys has an element that omits all key fields {names}")
    return "k:" + json.dumps(keys, separators=(",", ":"), ensure_ascii=False, sort_keys=True)


def value_element(item: Any) -> str:
    return "v:" + json.dumps(item, separators=(",", ":"), ensure_ascii=False)


def show(path: Path) -> str:
    """A path as messages write it: .spec.containers[name="web"].image"""
    out = ""
    for element in path:
        mark, _, rest = element.partition(":")
        if mark == "f":
            out += f".{rest}"
        elif mark == "k":
            pairs = json.loads(rest)
            inner = ",".join(f"{k}={json.dumps(v, ensure_ascii=False)}" for k, v in pairs.items())
            out += f"[{inner}]"
        else:
            out += f"[={rest}]"
    return out


def is_granular(value: Any, kind: Type) -> bool:
    """Whether the parts of a value have owners of their own."""
    if isinstance(value, dict):
        return not kind.atomic and kind.form in ("struct", "map", "any")
    if isinstance(value, list):
        return kind.form == "list" and kind.list_type in ("map", "set")
    return False


def child_type(kind: Type, name: str) -> Type:
    if kind.form == "map":
        return kind.values()
    return kind.field(name) or ANY_CHILD


ANY_CHILD = Type("any")


def children(value: Any, kind: Type) -> list[tuple[str, Any, Type]]:
    """(element, child, its type) of a granular value."""
    if isinstance(value, dict):
        return [(f"f:{k}", v, child_type(kind, k)) for k, v in value.items()]
    item = kind.items()
    if kind.list_type == "map":
        return [(key_element(v, kind, item), v, item) for v in value]
    return [(value_element(v), v, item) for v in value]


def owned_by_config(value: Any, kind: Type, path: Path = ()) -> FieldSet:
    """What an applied configuration claims."""
    if not is_granular(value, kind) or not value:
        return {path} if path else set()
    out: FieldSet = set()
    for element, child, inner in children(value, kind):
        here = (*path, element)
        if element[0] != "f":
            out.add(here)
            if not isinstance(child, dict):
                continue
        out |= owned_by_config(child, inner, here)
    return out


# Go structs that are never absent: they get no entry of their own when they are first filled.
_ALWAYS_THERE = ("Spec", "Status", "Strategy")
_POINTERS = ("RollingUpdate",)
_ALWAYS_NAMES = frozenset(
    {
        "ObjectMeta",
        "PodTemplateSpec",
        "JobTemplateSpec",
        "EventSource",
        "ResourceRequirements",
        "VolumeResourceRequirements",
        "CrossVersionObjectReference",
        "CustomResourceDefinitionNames",
        "LoadBalancerStatus",
    }
)


def _always_there(kind: Type, element: str, parent: Type) -> bool:
    if kind.form == "struct" and kind.short:
        if parent.short == "NetworkPolicySpec" and element == "f:podSelector":
            return True
        named = kind.short.endswith(_ALWAYS_THERE) and not kind.short.startswith(_POINTERS)
        return named or kind.short in _ALWAYS_NAMES
    return parent.short == "PodSpec" and element == "f:containers"


def everything(value: Any, kind: Type, path: Path, parent: Type, *, is_old: bool = True) -> FieldSet:
    """The paths of a value that is new as a whole; `is_old`: what holds it was there before."""
    was_there = is_old and _always_there(kind, path[-1], parent)
    if not value and was_there:
        return set()
    if not is_granular(value, kind) or not value:
        return {path}
    out: FieldSet = set() if was_there else {path}
    for element, child, inner in children(value, kind):
        out |= everything(child, inner, (*path, element), kind, is_old=was_there and element[0] == "f")
    return out


def _all_paths(value: Any, kind: Type, path: Path) -> FieldSet:
    out: FieldSet = {path}
    if is_granular(value, kind):
        for element, child, inner in children(value, kind):
            out |= _all_paths(child, inner, (*path, element))
    return out


class Comparison:
    """What differs between two objects of one type."""

    __slots__ = ("changed", "removed")

    def __init__(self) -> None:
        self.changed: FieldSet = set()  # added or modified
        self.removed: FieldSet = set()

    @property
    def is_same(self) -> bool:
        return not self.changed and not self.removed


def compare(old: Any, new: Any, kind: Type) -> Comparison:
    out = Comparison()
    _compare(old, new, kind, (), out)
    return out


def _compare(old: Any, new: Any, kind: Type, path: Path, out: Comparison) -> None:
    if old == new:
        return
    if not (is_granular(old, kind) and is_granular(new, kind) and type(old) is type(new)):
        out.changed.add(path)
        return
    before = {e: (v, t) for e, v, t in children(old, kind)}
    after = {e: (v, t) for e, v, t in children(new, kind)}
    for element, (value, inner) in after.items():
        here = (*path, element)
        if element in before:
            _compare(before[element][0], value, inner, here, out)
        else:
            out.changed |= everything(value, inner, here, kind)
    for element, (value, inner) in before.items():
        if element not in after:
            out.removed |= _all_paths(value, inner, (*path, element))


def drop_path(value: Any, kind: Type, path: Path) -> None:
    """Removes what lies at a path, in place, and what is empty without it; an absent path is fine."""
    element, rest = path[0], path[1:]
    if isinstance(value, dict) and element.startswith("f:"):
        name = element[2:]
        if name not in value:
            return
        if rest:
            drop_path(value[name], child_type(kind, name), rest)
        if not rest or value[name] in ({}, []):
            del value[name]
    elif isinstance(value, list) and is_granular(value, kind):
        for index, (found, child, inner) in enumerate(children(value, kind)):
            if found == element:
                if rest:
                    drop_path(child, inner, rest)
                else:
                    del value[index]
                return
