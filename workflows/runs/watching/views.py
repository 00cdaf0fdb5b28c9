"""From what a cluster was seen to hold to how the nodes of a target fare. Reads memory only."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

from clusters.health import assess
from clusters.live.interests import ClusterView, Scope
from plugins.sdk.health import HealthStatus
from plugins.sdk.objects import ObjectKey
from workflows.deploy.inventory import Entry
from workflows.deploy.observe import EVENT, MIDDLES, POD, has_pods
from workflows.deploy.ownership import events_by_subject, pods_by_owner, uid_of
from workflows.deploy.sight import MISSING, NodeView, Sight, look, taken_over, view_of
from workflows.runs.watching.targets import Watched

Json = dict[str, Any]

JOB = ("batch", "Job")
_CLEANED_UP = Sight(health=HealthStatus.HEALTHY.value, reason="Completed", message="It ran, and was cleaned up since.")


class Seen(msgspec.Struct, frozen=True):
    """The views of the nodes of which everything is known, and jobs that were seen to have completed."""

    views: dict[str, NodeView]
    completed: frozenset[ObjectKey]


class Surroundings:
    """Pods and events by namespace, sorted once for all targets of a cluster."""

    def __init__(self, cluster: ClusterView) -> None:
        self._cluster = cluster
        self._pods: dict[str, dict[str, list[Json]]] = {}
        self._events: dict[str, dict[str, list[Json]]] = {}

    def are_known(self, key: ObjectKey) -> bool:
        if not has_pods(key):
            return True
        made = (POD, *MIDDLES.get((key.group, key.kind), ()))
        return all(self._cluster.is_known(Scope.at(pair, key.namespace)) for pair in made)

    def pods_of(self, live: Json, namespace: str) -> list[Json]:
        if namespace not in self._pods:
            between = {pair for pairs in MIDDLES.values() for pair in pairs}
            owners = [item for pair in sorted(between) for item in self._cluster.select(Scope.at(pair, namespace))]
            self._pods[namespace] = pods_by_owner(self._cluster.select(Scope.at(POD, namespace)), owners)
        return self._pods[namespace].get(uid_of(live), [])

    def events_of(self, items: Iterable[Json], namespace: str) -> list[Json]:
        if namespace not in self._events:
            self._events[namespace] = events_by_subject(self._cluster.select(Scope.at(EVENT, namespace)))
        said = self._events[namespace]
        return [event for item in items for event in said.get(uid_of(item), [])]


def see(target: Watched, cluster: ClusterView, around: Surroundings, *, now: float) -> Seen:
    """A node of which something has not been looked at yet is left out: what is shown of it stays."""
    by_node: defaultdict[str, list[tuple[ObjectKey, Sight | None]]] = defaultdict(list)
    completed = set()
    for entry in target.entries:
        if entry.node_id is None:
            continue
        sight = _sight(entry, target.set_id, cluster, around, now)
        by_node[entry.node_id].append((entry.key, sight))
        if _is_job(entry) and not entry.is_completed and sight is not None and sight.is_completed:
            completed.add(entry.key)
    views = {
        node_id: view_of([(key, sight) for key, sight in sights if sight is not None])
        for node_id, sights in by_node.items()
        if all(sight is not None for _, sight in sights)
    }
    return Seen(views, frozenset(completed))


def _sight(entry: Entry, set_id: str, cluster: ClusterView, around: Surroundings, now: float) -> Sight | None:
    key, scope = entry.key, Scope.of(entry.key)
    if cluster.trouble:
        return Sight(health=HealthStatus.UNKNOWN.value, reason="ClusterUnreachable", message=cluster.trouble)
    if not cluster.is_known(scope):
        return None
    refusal = cluster.refusal(scope)
    if refusal:
        return Sight(health=HealthStatus.UNKNOWN.value, reason="NotAllowed", message=refusal)
    live = cluster.get(key)
    if live is None:
        # A run notes of everything that it was completed; only of a job that means that it may be gone.
        return _CLEANED_UP if entry.is_completed and _is_job(entry) else MISSING
    lost = taken_over(live, set_id)
    if lost is not None:
        return lost
    if not around.are_known(key):
        return None
    pods = around.pods_of(live, key.namespace) if has_pods(key) else []
    events = around.events_of((live, *pods), key.namespace)
    return look(live, assess(live, pods=pods, events=events), key=key, pods=pods, now=now)


def _is_job(entry: Entry) -> bool:
    return (entry.group, entry.kind) == JOB
