"""What every controller of pods asks about them, and how a pod comes out of a template.

Must not know any kind of workload.
"""

from __future__ import annotations

from clusters.practice.objects import (
    Obj,
    clone,
    condition,
    dig,
    is_deleting,
    namespace_of,
    owner_reference,
    parse_time,
    utcnow,
)

PODS = "/pods"


def is_active(pod: Obj) -> bool:
    return not is_deleting(pod) and dig(pod, "status", "phase") not in ("Succeeded", "Failed")


def is_ready(pod: Obj) -> bool:
    return (condition(pod, "Ready") or {}).get("status") == "True"


def seconds_until_available(pod: Obj, minimum: int) -> float:
    """0 when available; else how long it still has to stay ready; negative when not ready."""
    found = condition(pod, "Ready") or {}
    if found.get("status") != "True":
        return -1
    since = parse_time(found.get("lastTransitionTime"))
    if not minimum or since is None:
        return 0
    return max(0.0, minimum - (utcnow() - since).total_seconds())


def pod_from_template(template: Obj, owner: Obj, name: str) -> Obj:
    source: Obj = clone(template)
    data = {k: v for k, v in (source.get("metadata") or {}).items() if k in ("labels", "annotations", "finalizers")}
    data |= {"name": name, "namespace": namespace_of(owner), "ownerReferences": [owner_reference(owner)]}
    return {"metadata": data, "spec": source.get("spec") or {}}


def is_finished(pod: Obj) -> bool:
    return dig(pod, "status", "phase") in ("Succeeded", "Failed")
