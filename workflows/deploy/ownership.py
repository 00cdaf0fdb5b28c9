"""Who belongs to whom among objects as they were listed: pods to the workload that in the end made them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

_DEPTH = 4


def uid_of(item: Json) -> str:
    return str((item.get("metadata") or {}).get("uid") or "")


def owner_uids(item: Json) -> list[str]:
    references = (item.get("metadata") or {}).get("ownerReferences") or []
    return [str(reference.get("uid") or "") for reference in references]


def top_owner(item: Json, middles: dict[str, Json]) -> str:
    """The uid at the end of the chain of owners that starts at `item`; its own when it has none.

    `middles` are the objects in between by uid: ReplicaSets, and the Jobs of a CronJob.
    """
    current = item
    for _ in range(_DEPTH):
        owners = owner_uids(current)
        if not owners:
            return uid_of(current)
        above = middles.get(owners[0])
        if above is None:
            return owners[0]
        current = above
    return uid_of(current)


def pods_by_owner(pods: Iterable[Json], middles: Iterable[Json]) -> dict[str, list[Json]]:
    """Pods under the uid of their top owner; a pod without one stands under its own."""
    between = {uid_of(item): item for item in middles}
    found: defaultdict[str, list[Json]] = defaultdict(list)
    for pod in pods:
        found[top_owner(pod, between)].append(pod)
    return found


def events_by_subject(events: Iterable[Json]) -> dict[str, list[Json]]:
    """Events under the uid of what they are about."""
    found: defaultdict[str, list[Json]] = defaultdict(list)
    for event in events:
        subject = event.get("involvedObject") or event.get("regarding") or {}
        found[str(subject.get("uid") or "")].append(event)
    return found
