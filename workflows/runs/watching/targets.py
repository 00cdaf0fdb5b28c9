"""What is deployed where, as the database has it, and what of the clusters must be seen to know how it fares."""

import threading
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec
from django.db.models import F, QuerySet

from clusters.live.interests import Interest, Scope, Want
from clusters.selectors import rights_of_workspaces
from clusters.types import Need
from plugins.sdk.objects import ObjectKey
from workflows.deploy.applyset import PART_OF_LABEL, parent_of_target
from workflows.deploy.inventory import CLAIM, Entry, load
from workflows.deploy.observe import EVENT, MIDDLES, POD, WARNINGS, has_pods
from workflows.models import Run, Target
from workflows.runs.places import IN_PROGRESS

# Kinds without pods of which events tell something that they do not say themselves.
_SPOKEN_OF = frozenset({CLAIM, ("", "Service"), POD})


class Watched(msgspec.Struct, frozen=True):
    """One target as it was read. `stamp` changes whenever its row does, or a run begins or ends there."""

    id: str
    cluster_id: str
    # The mark that its objects carry while they are its own.
    set_id: str
    inventory: list[dict[str, Any]]
    entries: tuple[Entry, ...]
    stamp: str

    @property
    def namespaces(self) -> frozenset[str]:
        """Where its objects are; "" stands for those of the whole cluster."""
        return frozenset(entry.namespace for entry in self.entries)


class TargetBook:
    """The provider of interests. Reading it again costs three queries, one more for what changed, and
    two for what is on clusters of others."""

    def __init__(self) -> None:
        self._known: dict[str, Watched] = {}
        self._by_cluster: dict[str, tuple[Watched, ...]] = {}
        self._lock = threading.Lock()

    def __call__(self) -> list[Interest]:
        with self._lock:
            self._read()
            return [
                Interest(
                    cluster_id, tuple(wants_of(targets)), token="\n".join(f"{each.id} {each.stamp}" for each in targets)
                )
                for cluster_id, targets in self._by_cluster.items()
            ]

    def of_cluster(self, cluster_id: str) -> tuple[Watched, ...]:
        return self._by_cluster.get(cluster_id, ())

    def ids(self) -> set[str]:
        return set(self._known)

    def _read(self) -> None:
        deployed = Target.objects.exclude(cluster=None).exclude(inventory=[])
        running = set(Run.objects.filter(status__in=IN_PROGRESS).values_list("target_id", flat=True))
        closed = _closed(deployed)
        stamps = {
            pk: f"{updated_at.isoformat()} {pk in running}"
            for pk, updated_at in deployed.values_list("pk", "updated_at")
            if pk not in closed
        }
        changed = [pk for pk, stamp in stamps.items() if pk not in self._known or self._known[pk].stamp != stamp]
        known = {pk: watched for pk, watched in self._known.items() if pk in stamps}
        known |= {watched.id: watched for watched in _load(changed, stamps)}
        by_cluster: defaultdict[str, list[Watched]] = defaultdict(list)
        for pk in sorted(known):
            by_cluster[known[pk].cluster_id].append(known[pk])
        self._known = known
        self._by_cluster = {cluster_id: tuple(targets) for cluster_id, targets in by_cluster.items()}


_BATCH = 500


def _closed(deployed: QuerySet[Target]) -> set[str]:
    """Those on somebody else's cluster that is no longer shared with their workspace: nothing is looked at there."""
    foreign = deployed.exclude(cluster__workspace=F("workspace"))
    rows = list(foreign.values_list("pk", "workspace_id", "cluster_id", "namespace"))
    if not rows:
        return set()
    rights = rights_of_workspaces({(workspace, str(cluster_id)) for _, workspace, cluster_id, _ in rows})
    return {
        pk
        for pk, workspace, cluster_id, namespace in rows
        if (found := rights.get((workspace, str(cluster_id)))) is None or not found.may(Need.LOOK, namespace)
    }


def _load(ids: list[str], stamps: dict[str, str]) -> Iterable[Watched]:
    for start in range(0, len(ids), _BATCH):
        rows = Target.objects.filter(pk__in=ids[start : start + _BATCH]).exclude(cluster=None)
        for pk, cluster_id, namespace, inventory in rows.values_list("pk", "cluster_id", "namespace", "inventory"):
            set_id = parent_of_target(pk, namespace).id
            yield Watched(pk, cluster_id, set_id, inventory, tuple(load(inventory).values()), stamps[pk])


def wants_of(targets: Iterable[Watched]) -> list[Want]:
    """Every scope once. Of what a workload makes (pods, replica sets, the jobs of a cron job) all must be seen, for it
    carries no mark of ours; of everything else only what is ours."""
    entries = [entry for target in targets for entry in target.entries]
    wants: dict[Scope, Want] = {}
    names: defaultdict[Scope, set[str]] = defaultdict(set)
    for entry in entries:
        scope = Scope.of(entry.key)
        names[scope].add(entry.name)
        wants.setdefault(scope, Want(scope, version=entry.version, labels=PART_OF_LABEL))
    for scope in _around(entry.key for entry in entries):
        version = wants[scope].version if scope in wants else ""
        wants[scope] = Want(scope, version=version, fields=_fields(scope, wants))
    return [msgspec.structs.replace(want, names=frozenset(names[scope])) for scope, want in wants.items()]


def _around(keys: Iterable[ObjectKey]) -> list[Scope]:
    found = set()
    for key in keys:
        pair = (key.group, key.kind)
        if has_pods(key):
            found |= {Scope.at(made, key.namespace) for made in (POD, *MIDDLES.get(pair, ()))}
        if has_pods(key) or pair in _SPOKEN_OF:
            found.add(Scope.at(EVENT, key.namespace))
    return sorted(found)


def _fields(scope: Scope, wants: dict[Scope, Want]) -> str:
    """Of events the warnings; of claims also that one waits on purpose, which is none."""
    if (scope.group, scope.kind) != EVENT or Scope.at(CLAIM, scope.namespace) in wants:
        return ""
    return WARNINGS
