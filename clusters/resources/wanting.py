"""Which clusters are mirrored now, and what of them is watched for it: the kinds that matter, and those of what was
deployed there."""

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

import msgspec
from django.utils import timezone

from clusters.live.interests import Interest, Scope, Want
from clusters.metadata import Metadata
from clusters.models import Cluster, ClusterShare, Resource, ResourceMirror
from clusters.resources.kinds import ALL_EVENTS, CLUSTER_SCOPED, EVENT, MIRRORED, Pair

# As long as this after the last look at them the resources of a cluster are kept true.
USED_FOR = timedelta(minutes=10)
WARNINGS = "type=Warning"
# Where an identity may not see all namespaces, each that is known is watched by itself.
MOST_NAMESPACES = 10


class Place(msgspec.Struct, frozen=True):
    """What of one cluster is mirrored. `namespaces` are where to look for kinds that may not be seen everywhere."""

    pairs: tuple[Pair, ...]
    namespaces: tuple[str, ...] = ()
    # Where somebody has something open, and wants to hear everything.
    open_namespaces: tuple[str, ...] = ()

    def scopes_of(self, pair: Pair) -> tuple[Scope, ...]:
        return tuple(Scope.at(pair, name) for name in self.namespaces)


class Wanted:
    """The provider, for the watchers of this process. Asking costs two queries, and two more where an identity may not
    see everything."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[str, Place] = {}
        # By cluster the kinds that could not be seen in all namespaces at once.
        self._refused: dict[str, frozenset[Pair]] = {}
        # By cluster the kinds of which there are rows: what was undeployed must be seen to go.
        self._present: dict[str, frozenset[Pair]] = {}

    def place_of(self, cluster_id: str) -> Place:
        return self._places.get(cluster_id, Place(MIRRORED))

    def note_refused(self, cluster_id: str, pairs: frozenset[Pair]) -> bool:
        """Whether that is news."""
        with self._lock:
            is_news = self._refused.get(cluster_id, frozenset()) != pairs
            self._refused[cluster_id] = pairs
        return is_news

    def note_present(self, cluster_id: str, pairs: frozenset[Pair]) -> None:
        self._present[cluster_id] = pairs

    def __call__(self, others: Sequence[Interest]) -> list[Interest]:
        used_since = timezone.now() - USED_FOR
        deployed: defaultdict[str, list[Want]] = defaultdict(list)
        for interest in others:
            deployed[interest.cluster_id].extend(interest.wants)
        rows = ResourceMirror.objects.filter(looked_at__gt=used_since) | ResourceMirror.objects.filter(
            cluster__in=list(deployed)
        )
        known = {row.pk: row for row in rows}
        interests, places, opened = [], {}, _open_namespaces()
        for cluster_id in sorted(deployed.keys() | known.keys()):
            place = self._place(cluster_id, deployed.get(cluster_id, ()), known.get(cluster_id))
            place = msgspec.structs.replace(place, open_namespaces=opened.get(cluster_id, ()))
            places[cluster_id] = place
            interests.append(self._interest(cluster_id, place, known.get(cluster_id)))
        self._places = places
        return interests

    def _place(self, cluster_id: str, wants: Iterable[Want], row: ResourceMirror | None) -> Place:
        also = {(want.scope.group, want.scope.kind) for want in wants} | self._present.get(cluster_id, frozenset())
        also -= {*MIRRORED, EVENT, ALL_EVENTS}
        pairs = (*MIRRORED, *sorted(also))
        if not self._refused.get(cluster_id):
            return Place(pairs)
        return Place(pairs, _namespaces(cluster_id, wants, row.namespaces if row is not None else ()))

    def _interest(self, cluster_id: str, place: Place, row: ResourceMirror | None) -> Interest:
        refused = self._refused.get(cluster_id, frozenset())
        wants = [Want(Scope(*pair)) for pair in place.pairs]
        wants.append(Want(Scope(*EVENT), fields=WARNINGS))
        for pair in sorted(refused - CLUSTER_SCOPED):
            fields = WARNINGS if pair == EVENT else ""
            wants += [Want(scope, fields=fields) for scope in place.scopes_of(pair)]
        wants += [Want(Scope.at(ALL_EVENTS, name), passes=True) for name in place.open_namespaces]
        asked = row.asked_at.isoformat() if row is not None and row.asked_at is not None else ""
        return Interest(cluster_id, tuple(wants), token=f"resources {asked}")


def _open_namespaces() -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    rows = Resource.objects.filter(watched_until__gt=timezone.now(), deleted_at=None)
    for cluster_id, namespace in (
        rows.order_by("cluster_id", "namespace").values_list("cluster_id", "namespace").distinct()
    ):
        # What is in no namespace is spoken of in this one.
        found[cluster_id].append(namespace or "default")
    return {cluster_id: tuple(dict.fromkeys(names))[:MOST_NAMESPACES] for cluster_id, names in found.items()}


def _namespaces(cluster_id: str, wants: Iterable[Want], asked: Collection[str]) -> tuple[str, ...]:
    """Those that somebody has to do with, the likeliest first."""
    shares = ClusterShare.objects.filter(cluster_id=cluster_id).exclude(namespaces=None)
    shared = {name for names in shares.values_list("namespaces", flat=True) for name in names or ()}
    metadata = Metadata.from_json(Cluster.objects.filter(pk=cluster_id).values_list("metadata", flat=True).first())
    seen = [each.namespace for each in metadata.permissions if each.rules]
    deployed = sorted({want.scope.namespace for want in wants if want.scope.namespace})
    found = dict.fromkeys([*asked, *deployed, *sorted(shared), *seen, *metadata.namespaces, "default"])
    return tuple(found)[:MOST_NAMESPACES]
