"""Reading and moving field ownership (`metadata.managedFields`, FieldsV1).

Knows the format of the API server's bookkeeping, and nothing of what the fields mean.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from plugins.sdk.names import MANAGER

Json = dict[str, Any]

_REPLICAS = ("f:spec", "f:replicas")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def entries(live: Json) -> list[Json]:
    return list((live.get("metadata") or {}).get("managedFields") or [])


def is_applied_by_us(live: Json) -> bool:
    """Whether we ever applied it. A label alone proves nothing: controllers copy labels."""
    return any(_is_ours(entry) for entry in entries(live))


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
    found = [entry for entry in entries(live) if not _is_ours(entry) and _owns(entry.get("fieldsV1"), live, path)]
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


def _is_ours(entry: Json) -> bool:
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
    ours = [entry for entry in owners if _is_ours(entry)]
    if not ours or len(owners) != len(ours):
        return body
    return {**body, "spec": {**spec, "replicas": count}}


def adoption_patch(live: Json) -> list[Json] | None:
    """A JSON patch that moves what kubectl owns by client-side updates to our Apply entry; None when nothing
    does.

    A field owned by an Update manager stays after it leaves the graph, because nobody takes it away. The test
    of the resourceVersion makes the patch fail rather than overwrite what someone changed in between.
    """
    found = entries(live)
    theirs = [entry for entry in found if _is_client_side(entry)]
    if not theirs:
        return None
    ours = next(filter(_is_ours, found), None)
    fields: Json = dict((ours or {}).get("fieldsV1") or {})
    for entry in theirs:
        fields = _union(fields, entry.get("fieldsV1") or {})
    template = ours or {**theirs[0], "manager": MANAGER, "operation": "Apply"}
    kept = [entry for entry in found if entry is not ours and entry not in theirs]
    patch: list[Json] = [
        {"op": "test", "path": "/metadata/resourceVersion", "value": live["metadata"]["resourceVersion"]},
        {
            "op": "replace",
            "path": "/metadata/managedFields",
            "value": [*kept, {**template, "fieldsV1": fields}],
        },
    ]
    if _LAST_APPLIED in (live["metadata"].get("annotations") or {}):
        patch.append({"op": "remove", "path": f"/metadata/annotations/{_LAST_APPLIED.replace('/', '~1')}"})
    return patch


def _is_client_side(entry: Json) -> bool:
    manager = str(entry.get("manager") or "")
    by_hand = manager == "before-first-apply" or manager.startswith("kubectl")
    return by_hand and entry.get("operation") == "Update" and not entry.get("subresource")


def _union(left: Json, right: Json) -> Json:
    merged = dict(left)
    for key, value in right.items():
        merged[key] = _union(merged[key], value) if isinstance(merged.get(key), dict) else value
    return merged
