"""Reading and moving field ownership (`metadata.managedFields`, FieldsV1).

Knows the format of the API server's bookkeeping, and nothing of what the fields mean.
"""

from collections.abc import Iterator
from typing import Any

from plugins.sdk.names import MANAGER

Json = dict[str, Any]

_REPLICAS = ("f:spec", "f:replicas")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def entries(live: Json) -> list[Json]:
    return list((live.get("metadata") or {}).get("managedFields") or [])


def is_applied_by_us(live: Json) -> bool:
    """Whether we ever applied it. A label alone proves nothing: controllers copy labels."""
    return any(entry.get("manager") == MANAGER and entry.get("operation") == "Apply" for entry in entries(live))


def owners_of(live: Json, path: tuple[str, ...]) -> Iterator[Json]:
    """The entries that own exactly the field at `path`, written in FieldsV1 keys."""
    for entry in entries(live):
        node: Any = entry.get("fieldsV1") or {}
        for key in path:
            node = node.get(key) if isinstance(node, dict) else None
        if node is not None:
            yield entry


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
    ours = [entry for entry in owners if entry.get("manager") == MANAGER and entry.get("operation") == "Apply"]
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
    ours = next((e for e in found if e.get("manager") == MANAGER and e.get("operation") == "Apply"), None)
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
