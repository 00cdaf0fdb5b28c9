"""Merge patch, JSON patch and strategic merge patch on plain objects.

Must not know who owns a field or how an object is stored.
"""

from __future__ import annotations

from typing import Any

import jsonpatch
import jsonpointer

from .errors import ApiError, bad_request, internal
from .fieldset import child_type
from .objects import Obj, clone
from .schema import Type

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
MAX_OPERATIONS = 10_000
DIRECTIVES = ("$patch", "$retainKeys", "$setElementOrder/", "$deleteFromPrimitiveList/")


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return clone(patch)
    out = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            out.pop(name, None)
        else:
            out[name] = merge_patch(out.get(name), value)
    return out


def json_patch(target: Obj, operations: Any) -> Obj:
    """RFC 6902, refused with the API's words."""
    if not isinstance(operations, list):
        text = "json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
        raise bad_request(f"error decoding patch: {text}")
    if len(operations) > MAX_OPERATIONS:
        text = f"The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {len(operations)}"
        raise ApiError(413, "RequestEntityTooLarge", text, {})
    try:
        return jsonpatch.JsonPatch(operations).apply(clone(target))
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, KeyError, TypeError, ValueError):
        text = "the server rejected our request due to an error in our request"
        raise ApiError(422, "Invalid", text, {}) from None


def strategic_merge(target: Any, patch: Obj, kind: Type) -> Obj:
    """Strategic merge: lists with a merge key merge by key, others are replaced."""
    return _merge_map(dict(target or {}), patch, kind)


def _merge_map(target: Obj, patch: Obj, kind: Type) -> Obj:
    how = patch.get("$patch")
    if how == "replace":
        return {k: clone(v) for k, v in patch.items() if k != "$patch"}
    if how == "delete":
        return {}
    keep = patch.get("$retainKeys")
    if isinstance(keep, list):
        target = {k: v for k, v in target.items() if k in keep}
    for name, value in patch.items():
        if name.startswith(DIRECTIVES):
            continue
        inner = child_type(kind, name)
        if value is None:
            target.pop(name, None)
        elif isinstance(value, dict):
            found = target.get(name)
            target[name] = _merge_map(dict(found) if isinstance(found, dict) else {}, value, inner)
        elif isinstance(value, list):
            target[name] = _merge_list(target.get(name) or [], value, inner)
        else:
            target[name] = value
    _primitive_deletions(target, patch)
    _element_order(target, patch, kind)
    return target


def _merge_list(target: list[Any], patch: list[Any], kind: Type) -> list[Any]:
    item = kind.items()
    if "merge" not in kind.strategy:
        return [clone(v) for v in patch]
    if not kind.merge_key:
        return target + [v for v in patch if v not in target]
    key = kind.merge_key
    if any(isinstance(p, dict) and p.get("$patch") == "replace" for p in patch):
        return [clone(p) for p in patch if p.get("$patch") != "replace"]
    out = list(target)
    fresh: list[Any] = []
    for entry in patch:
        if not isinstance(entry, dict) or key not in entry:
            shown = " ".join(f"{k}:{v}" for k, v in entry.items()) if isinstance(entry, dict) else str(entry)
            raise internal(f"map: map[{shown}] does not contain declared merge key: {key}")
        at = next((i for i, v in enumerate(out) if v.get(key) == entry[key]), None)
        if entry.get("$patch") == "delete":
            out = [v for v in out if v.get(key) != entry[key]]
        elif at is None:
            fresh.append(_merge_map({}, entry, item))
        else:
            out[at] = _merge_map(dict(out[at]), entry, item)
    return fresh + out


def _primitive_deletions(target: Obj, patch: Obj) -> None:
    prefix = "$deleteFromPrimitiveList/"
    for name, values in patch.items():
        if name.startswith(prefix) and isinstance(values, list):
            field = name.removeprefix(prefix)
            target[field] = [v for v in target.get(field) or [] if v not in values]


def _element_order(target: Obj, patch: Obj, kind: Type) -> None:
    prefix = "$setElementOrder/"
    for name, order in patch.items():
        if not name.startswith(prefix) or not isinstance(order, list):
            continue
        field = name.removeprefix(prefix)
        items = target.get(field)
        if not isinstance(items, list):
            continue
        key = child_type(kind, field).merge_key
        if key:
            wanted = [o.get(key) for o in order if isinstance(o, dict)]
            target[field] = _ordered(items, wanted, lambda v, k=key: v.get(k))
        else:
            target[field] = _ordered(items, order, lambda v: v)


def _ordered(items: list[Any], wanted: list[Any], identify: Any) -> list[Any]:
    """Entries that the order names in that order; the others stay where they were among them."""
    named = sorted((v for v in items if identify(v) in wanted), key=lambda v: wanted.index(identify(v)))
    out: list[Any] = []
    for value in items:
        out.append(named.pop(0) if identify(value) in wanted else value)
    return out
