"""Reading and moving field ownership (`metadata.managedFields`, FieldsV1).

Knows the format of the API server's bookkeeping, and nothing of what the fields mean.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from plugins.sdk.names import MANAGER

Json = dict[str, Any]

_REPLICAS = ("f:spec", "f:replicas")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def entries(live: Json) -> list[Json]:
    return list((live.get("metadata") or {}).get("managedFields") or [])


def is_applied_by_us(live: Json) -> bool:
    """Whether we ever applied it. A label alone proves nothing: controllers copy labels."""
    return any(is_ours(entry) for entry in entries(live))


def has_other_writers(live: Json) -> bool:
    """Whether anybody but us and the cluster itself ever wrote more than its status."""
    return any(
        not is_ours(entry)
        and not str(entry.get("manager") or "").startswith("kube-")
        and set(entry.get("fieldsV1") or {}) != {"f:status"}
        for entry in entries(live)
    )


def owners_of(live: Json, path: tuple[str, ...]) -> Iterator[Json]:
    """The entries that own exactly the field at `path`, written in FieldsV1 keys."""
    for entry in entries(live):
        node: Any = entry.get("fieldsV1") or {}
        for key in path:
            node = node.get(key) if isinstance(node, dict) else None
        if node is not None:
            yield entry


def last_writer(live: Json, path: Sequence[str]) -> Json | None:
    """Of all but our own configuration the entry that last wrote the field at `path` (keys and list positions),
    what is in it or what it is in; None when nobody else did."""
    found = [entry for entry in entries(live) if not is_ours(entry) and _owns(entry.get("fieldsV1"), live, path)]
    return max(found, key=lambda entry: str(entry.get("time") or ""), default=None)


def _owns(fields: Any, value: Any, path: Sequence[str]) -> bool:
    for step in path:
        if not isinstance(fields, dict):
            return False
        if not fields:
            return True  # A value that is owned as a whole.
        if isinstance(value, list):
            position = int(step)
            value = value[position] if position < len(value) else None
            fields = next((inner for key, inner in fields.items() if _is_item(key, value, position)), None)
        else:
            value = value.get(step) if isinstance(value, dict) else None
            fields = fields.get(f"f:{step}")
    return fields is not None


def _is_item(key: str, item: Any, position: int) -> bool:
    """Whether a key of FieldsV1 (`k:{"name":"web"}`, `v:"a"`, `i:0`) means this item of a list."""
    mark, _, text = key.partition(":")
    if mark == "i":
        return text == str(position)
    if mark not in ("k", "v"):
        return False
    meant = json.loads(text)
    if mark == "v":
        return bool(item == meant)
    return isinstance(item, dict) and all(item.get(name) == part for name, part in meant.items())


def is_ours(entry: Json) -> bool:
    return entry.get("manager") == MANAGER and entry.get("operation") == "Apply"


def keep_replicas(body: Json, live: Json) -> Json:
    """`body` with the live replica count, while that field is still ours alone.

    When an autoscaler arrives, `replicas` leaves our configuration; dropping the field while nobody else owns
    it would reset a running workload to 1. So we go on saying what is there until the autoscaler has taken
    the field.
    """
    spec = body.get("spec") or {}
    count = (live.get("spec") or {}).get("replicas")
    if "replicas" in spec or count is None:
        return body
    owners = list(owners_of(live, _REPLICAS))
    ours = [entry for entry in owners if is_ours(entry)]
    if not ours or len(owners) != len(ours):
        return body
    return {**body, "spec": {**spec, "replicas": count}}


def own_fields(live: Json | None) -> Json:
    """What our own configuration owns."""
    ours = next(filter(is_ours, entries(live or {})), None)
    return dict((ours or {}).get("fieldsV1") or {})


def own_configuration(live: Json) -> Json:
    """What we applied last, read back from the object: each field that our own configuration owns."""
    metadata = live["metadata"]
    found: Json = _extract(own_fields(live), live)
    names = {name: metadata[name] for name in ("name", "namespace") if name in metadata}
    found["metadata"] = {**(found.get("metadata") or {}), **names}
    return {"apiVersion": live["apiVersion"], "kind": live["kind"], **found}


def _extract(fields: Json, value: Any) -> Any:
    children = {key: inner for key, inner in fields.items() if key != "."}
    if not children:
        return value
    if isinstance(value, list):
        return [_extract(inner, item) for key, inner in children.items() for item in _items(key, value)]
    names = ((key.removeprefix("f:"), inner) for key, inner in children.items())
    return {name: _extract(inner, value[name]) for name, inner in names if name in value}


def _items(key: str, value: list[Any]) -> Iterator[Any]:
    return (item for position, item in enumerate(value) if _is_item(key, item, position))


def claim(live: Json, values: Iterable[tuple[Sequence[str], Any]]) -> list[Json]:
    """The JSON patch that makes each value ours, whole and in all its parts, where it is: `values` are places in
    FieldsV1 keys and what is there. It fails when the object changed in between."""
    mine: Json = own_fields(live)
    for path, value in values:
        fields = _fields_of(value)
        for key in reversed(path):
            fields = {key: fields}
        mine = _union(mine, fields)
    found = [{**entry, "fieldsV1": mine} if is_ours(entry) else entry for entry in entries(live)]
    return _patch(live, found)


def written_as_before(before: Json, live: Json) -> list[Json]:
    """The JSON patch by which nothing counts as written by our hand but what was `before`: what we say of an object we
    apply."""
    others = [entry for entry in entries(live) if not _is_our_hand(entry)]
    return _patch(live, [*others, *filter(_is_our_hand, entries(before))])


def _is_our_hand(entry: Json) -> bool:
    return entry.get("manager") == MANAGER and entry.get("operation") == "Update"


def _fields_of(value: Any) -> Json:
    if not isinstance(value, dict):
        return {}
    return {".": {}, **{f"f:{name}": _fields_of(part) for name, part in value.items()}}


def unchanged(live: Json) -> Json:
    """The first operation of a JSON patch that must not be carried out on another version of the object."""
    return {"op": "test", "path": "/metadata/resourceVersion", "value": live["metadata"]["resourceVersion"]}


def _patch(live: Json, found: list[Json]) -> list[Json]:
    return [unchanged(live), {"op": "replace", "path": "/metadata/managedFields", "value": found}]


class Shift(msgspec.Struct, frozen=True):
    """What an apply changed of our ownership: fields that came to us, and fields that we let go."""

    gained: Json
    left: Json

    @property
    def is_none(self) -> bool:
        return not self.gained and not self.left


def shift(before: Json | None, after: Json) -> Shift:
    """From the object before an apply, or None, to what the apply made of it."""
    old, new = own_fields(before), own_fields(after)
    return Shift(_minus(new, old), _minus(old, new))


class Takeover(msgspec.Struct, frozen=True):
    """`patch` moves fields to our configuration. With `is_leaving` some of them are to go by another apply."""

    patch: list[Json]
    managers: tuple[str, ...]
    is_leaving: bool


def takeover(live: Json, moved: Shift) -> Takeover | None:
    """How what others own of `moved` becomes ours alone, so that it goes when it leaves the graph; None when nobody
    does. `live` is the object after the apply.

    Only what was written by hand is taken: an Update entry of a person's tool keeps a field in place for ever. Other
    configurations keep what is theirs, and so do controllers. The test of the resourceVersion makes the patch fail
    rather than overwrite what someone changed in between.
    """
    wanted = _union(moved.gained, moved.left)
    kept: list[Json] = []
    managers: list[str] = []
    taken: Json = {}
    for entry in entries(live):
        shared = _common(entry.get("fieldsV1") or {}, wanted) if _is_by_hand(entry) else {}
        if shared:
            managers.append(str(entry.get("manager")))
            taken = _union(taken, shared)
            entry = {**entry, "fieldsV1": _minus(entry["fieldsV1"], shared)}
        if not is_ours(entry) and entry.get("fieldsV1"):
            kept.append(entry)
    ours = next(filter(is_ours, entries(live)), None)
    if not taken or ours is None:
        return None
    leaving = _common(moved.left, taken)
    mine = {**ours, "fieldsV1": _union(ours.get("fieldsV1") or {}, leaving)}
    patch = _patch(live, [*kept, mine])
    if _LAST_APPLIED in (live["metadata"].get("annotations") or {}):
        patch.append({"op": "remove", "path": f"/metadata/annotations/{_LAST_APPLIED.replace('/', '~1')}"})
    return Takeover(patch, tuple(sorted(set(managers))), bool(leaving))


def _is_by_hand(entry: Json) -> bool:
    manager = str(entry.get("manager") or "")
    return entry.get("operation") == "Update" and not entry.get("subresource") and not manager.startswith("kube-")


def _union(left: Json, right: Json) -> Json:
    merged = dict(left)
    for key, value in right.items():
        merged[key] = _union(merged[key], value) if isinstance(merged.get(key), dict) else value
    return merged


def _minus(left: Json, right: Json) -> Json:
    """The fields of `left` that `right` does not have."""
    found: Json = {}
    for key, inner in left.items():
        if key not in right or bool(inner) != bool(right[key]):
            found[key] = inner
        elif inner:
            rest = _minus(inner, right[key])
            if rest:
                found[key] = rest
    return found


def _common(left: Json, right: Json) -> Json:
    """The fields that both have."""
    found: Json = {}
    for key, inner in left.items():
        if key not in right or bool(inner) != bool(right[key]):
            continue
        shared = _common(inner, right[key]) if inner else {}
        if shared or not inner:
            found[key] = shared
    return found
