"""Looking at what a run applied: every object with its pods and warnings, turned into a `Sight`. Writes
nothing."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from clusters.health import assess
from clusters.kube.gateway import NotFound, Refused, Unsupported
from plugins.sdk.capabilities import ServedKind
from plugins.sdk.objects import ObjectKey
from workflows.deploy import applyset
from workflows.deploy.inventory import CLAIM, key_of
from workflows.deploy.journal import Item
from workflows.deploy.ownership import events_by_subject, pods_by_owner, uid_of
from workflows.deploy.sight import MISSING, Sight, look
from workflows.deploy.view import View

Json = dict[str, Any]

POD = ("", "Pod")
EVENT = ("", "Event")
WARNINGS = "type=Warning"
# That a claim waits for its first pod, as it should, is said by an event that is no warning.
OF_CLAIMS = "involvedObject.kind=PersistentVolumeClaim"
# Whoever stands between a workload and its pods.
MIDDLES = {
    ("apps", "Deployment"): (("apps", "ReplicaSet"),),
    ("batch", "CronJob"): (("batch", "Job"),),
}
_WITH_PODS = frozenset(
    {
        ("apps", "Deployment"),
        ("apps", "ReplicaSet"),
        ("apps", "StatefulSet"),
        ("apps", "DaemonSet"),
        ("", "ReplicationController"),
        ("batch", "Job"),
        ("batch", "CronJob"),
    }
)


def has_pods(key: ObjectKey) -> bool:
    return (key.group, key.kind) in _WITH_PODS


async def observe(view: View, items: Iterable[Item], *, set_id: str, now: float) -> dict[int, Sight]:
    """A sight of every item, by its position. One list per kind and namespace, however many objects there
    are."""
    wanted = list(items)
    live = await _live_objects(view, wanted, set_id)
    around = await _Surroundings.of(view, wanted, live)
    return {item.position: around.sight(item, live.get(item.position), now) for item in wanted}


async def _live_objects(view: View, items: list[Item], set_id: str) -> dict[int, Json]:
    groups: defaultdict[tuple[ServedKind, str], list[Item]] = defaultdict(list)
    for item in items:
        served = await view.kind(item.group, item.kind, item.version)
        if served is not None:
            groups[(served, item.namespace)].append(item)

    async def fetch(served: ServedKind, namespace: str, members: list[Item]) -> dict[int, Json]:
        try:
            found = await view.listing(served, namespace, labels=f"{applyset.PART_OF_LABEL}={set_id}")
        except (Refused, Unsupported):
            return await _one_by_one(view, served, members)
        by_key = {key_of(live): live for live in found}
        return {item.position: by_key[item.key] for item in members if item.key in by_key}

    results = await view.all(fetch(served, namespace, members) for (served, namespace), members in groups.items())
    return {position: live for result in results for position, live in result.items()}


async def _one_by_one(view: View, served: ServedKind, members: list[Item]) -> dict[int, Json]:
    """For an identity that may read objects by name only."""
    found = {}
    for item in members:
        try:
            found[item.position] = await view.gateway.get(served, item.name, item.namespace)
        except NotFound:
            continue
    return found


class _Surroundings:
    """Pods and warnings of the namespaces in which something has pods, and what is told of claims."""

    def __init__(self, pods: dict[str, list[Json]], events: dict[str, list[Json]]) -> None:
        self.pods = pods
        self.events = events

    @classmethod
    async def of(cls, view: View, items: list[Item], live: dict[int, Json]) -> "_Surroundings":
        there = [item for item in items if item.position in live]
        with_pods = [item for item in there if has_pods(item.key)]
        namespaces = sorted({item.namespace for item in with_pods})
        claimed = sorted({item.namespace for item in there if (item.group, item.kind) == CLAIM})
        middles = {pair for item in with_pods for pair in MIDDLES.get((item.group, item.kind), ())}

        async def everything(pair: tuple[str, str], places: list[str], fields: str = "") -> list[Json]:
            served = await view.kind(*pair)
            lists = [await view.listing_or_none(served, name, fields=fields) for name in places]
            return [found for part in lists for found in part]

        if not namespaces and not claimed:
            return cls({}, {})
        pods, events, of_claims, *between = await view.all(
            [
                everything(POD, namespaces),
                everything(EVENT, namespaces, WARNINGS),
                everything(EVENT, claimed, OF_CLAIMS),
                *(everything(pair, namespaces) for pair in sorted(middles)),
            ]
        )
        owned = pods_by_owner(pods, [item for part in between for item in part])
        once = {uid_of(event): event for event in [*events, *of_claims]}
        return cls(owned, events_by_subject(once.values()))

    def sight(self, item: Item, live: Json | None, now: float) -> Sight:
        if live is None:
            return MISSING
        pods = self.pods.get(uid_of(live), [])
        events = [event for uid in (uid_of(live), *map(uid_of, pods)) for event in self.events.get(uid, [])]
        return look(live, assess(live, pods=pods, events=events), key=item.key, pods=pods, now=now)


def first_sight(live: Json, key: ObjectKey, now: float) -> Sight:
    """Of an object as an apply gave it back: enough for what is ready the moment it exists."""
    return look(live, assess(live), key=key, now=now)
