"""Reading resources, always as somebody: the namespaces of shared clusters that are not theirs do not exist for
them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from clusters.access import require, rights_of, shown_name
from clusters.models import Cluster, Resource, ResourceMark, ResourceMirror
from clusters.resources import kinds
from clusters.resources.errors import ResourceNotFound
from clusters.resources.sets import sets_of_workflow
from clusters.selectors import get_cluster, visible_clusters
from clusters.types import Need, Rights
from core.principal import Principal

# Without a word of the mirror for that long nobody keeps the rows true.
FRESH = timedelta(seconds=150)
_ID = re.compile(r"[0-9a-f-]{36}")
_MOST_NAMES = 50
_DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Seen:
    """A cluster as somebody sees it, and how far its mirror is."""

    id: str
    name: str
    # Whose cluster it is.
    workspace: str
    rights: Rights
    mirror: ResourceMirror | None = None

    @property
    def is_live(self) -> bool:
        """Whether what the rows say is so now."""
        mirror = self.mirror
        if mirror is None or mirror.seen_at is None or mirror.trouble:
            return False
        return mirror.seen_at > timezone.now() - FRESH

    def is_true(self, row: Resource) -> bool:
        """Whether what this row says is so now: this identity may have lost sight of its kind."""
        if not self.is_live or self.mirror is None:
            return False
        seen = self.mirror.blind.get(f"{row.group}/{row.kind}")
        return seen is None or row.namespace in seen

    @property
    def notes(self) -> list[str]:
        """What is missing, and why. Whoever has some namespaces only is not told of others."""
        if self.mirror is None or self.mirror.seen_at is None:
            return ["Its resources are being read."] if self.mirror is None or not self.mirror.trouble else []
        return list(self.mirror.notes) if self.rights.namespaces is None else []


@dataclass(frozen=True, slots=True)
class ResourceFilter:
    """What a list is narrowed to; empty does not narrow. `status` is also a health, or `deleted`."""

    cluster: str = ""
    namespace: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    workflow: str = ""
    is_favorite: bool | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    rows: QuerySet[Resource]
    clusters: dict[str, Seen] = field(default_factory=dict)


def find_resources(*, wanted: ResourceFilter, actor: Principal) -> Found:
    """The rows, not read yet, and the clusters that they may be of: two queries, whatever there is."""
    clusters = see_clusters(name_or_id=wanted.cluster, actor=actor)
    rows = with_marks(Resource.objects.filter(_within(clusters.values())), actor).defer("labels")
    rows = rows.filter(_words(wanted.search)) if wanted.search else rows
    if wanted.namespace:
        rows = rows.filter(namespace__in=wanted.namespace[:_MOST_NAMES])
    if wanted.kind:
        rows = rows.filter(kind__in=[kinds.canonical(kind) for kind in wanted.kind[:_MOST_NAMES]])
    if wanted.workflow:
        rows = rows.filter(part_of__in=sets_of_workflow(wanted.workflow, actor))
    if wanted.is_favorite is not None:
        favorite = Exists(ResourceMark.objects.filter(resource=OuterRef("pk"), user=actor.id, is_favorite=True))
        rows = rows.filter(favorite if wanted.is_favorite else ~favorite)
    return Found(_by_status(rows, wanted.status), clusters)


def see_clusters(*, name_or_id: str = "", actor: Principal) -> dict[str, Seen]:
    """The one that is named, or all that `actor` may look at, by id."""
    rows = [get_cluster(name_or_id=name_or_id, actor=actor)] if name_or_id else list(visible_clusters(actor))
    mirrors = ResourceMirror.objects.in_bulk([row.pk for row in rows]) if rows else {}
    return {row.pk: seen(row, mirrors.get(row.pk)) for row in rows}


def seen(cluster: Cluster, mirror: ResourceMirror | None) -> Seen:
    return Seen(cluster.pk, shown_name(cluster), cluster.workspace_id, rights_of(cluster), mirror)


def get_resource(*, resource_id: str, need: Need = Need.LOOK, actor: Principal) -> tuple[Resource, Seen]:
    """The row with the actor's mark, and its cluster; a 404 for what they may not see, a 403 where they may only look.
    Three queries."""
    found = Resource.objects.filter(pk=resource_id) if _ID.fullmatch(resource_id) else Resource.objects.none()
    row = with_marks(found, actor).first()
    cluster = visible_clusters(actor).filter(pk=row.cluster_id).first() if row is not None else None
    if row is None or cluster is None or not rights_of(cluster).may(Need.LOOK, row.namespace):
        raise ResourceNotFound
    require(rights_of(cluster), need, row.namespace)
    return row, seen(cluster, ResourceMirror.objects.filter(pk=cluster.pk).first())


def may_look(*, resource_id: str, actor: Principal) -> bool:
    """For a stream that goes on. Two queries."""
    row = Resource.objects.filter(pk=resource_id).only("cluster_id", "namespace").first()
    cluster = visible_clusters(actor).filter(pk=row.cluster_id).first() if row is not None else None
    return row is not None and cluster is not None and rights_of(cluster).may(Need.LOOK, row.namespace)


def visible_in(clusters: Iterable[Seen]) -> QuerySet[Resource]:
    """What lives in any of these clusters, of their namespaces."""
    return Resource.objects.filter(_within(clusters), deleted_at=None)


def visible_rows(seen: Seen) -> QuerySet[Resource]:
    """All rows of one cluster that whoever sees it may see."""
    return Resource.objects.filter(_within([seen]))


def with_marks(rows: QuerySet[Resource], actor: Principal) -> QuerySet[Resource]:
    """With what the actor noted about each."""
    own = ResourceMark.objects.filter(user=actor.id)
    # Not joined: that would be done for every row that is only counted.
    return rows.prefetch_related(Prefetch("marks", queryset=own, to_attr="own_marks"))


def mark_of(row: Resource) -> ResourceMark | None:
    """Of a row that was read `with_marks`."""
    marks: list[ResourceMark] = row.own_marks  # type: ignore[attr-defined]
    return marks[0] if marks else None


def pods_of(row: Resource, seen_in: Seen, actor: Principal) -> QuerySet[Resource]:
    """The pods of a workload, also those that it made by others; those that a service sends to, or that a node runs;
    of a pod itself."""
    pods = with_marks(Resource.objects.filter(_within([seen_in]), kind="Pod", group="", deleted_at=None), actor)
    pair = (row.group, row.kind)
    if pair == kinds.POD:
        return pods.filter(pk=row.pk)
    if pair == kinds.NODE:
        return pods.filter(node=row.name)
    pods = pods.filter(namespace=row.namespace)
    if pair == kinds.SERVICE:
        return pods.filter(pk__in=_selected(pods, row.facts.get("selector") or {}))
    here = Resource.objects.filter(cluster_id=row.cluster_id, namespace=row.namespace, deleted_at=None)
    between = here.filter(owner_uid=row.uid).values("uid")
    further = here.filter(owner_uid__in=between).exclude(kind="Pod").values("uid")
    return pods.filter(Q(owner_uid=row.uid) | Q(owner_uid__in=between) | Q(owner_uid__in=further))


def _selected(pods: QuerySet[Resource], selector: dict[str, str]) -> list[str]:
    if not selector:
        return []
    rows = pods.values_list("pk", "labels")
    return [pk for pk, labels in rows if all(labels.get(name) == value for name, value in selector.items())]


def _within(clusters: Iterable[Seen]) -> Q:
    """The rows of these clusters that may be seen; none where there are no clusters."""
    whole = [each.id for each in clusters if each.rights.namespaces is None]
    # One by one is how an index serves the order of a list.
    found = Q(cluster_id=whole[0]) if len(whole) == 1 else Q(cluster_id__in=whole)
    for each in clusters:
        if each.rights.namespaces is not None:
            found |= Q(cluster_id=each.id, namespace__in=sorted(each.rights.namespaces))
    return found


def _words(search: str) -> Q:
    words = Q()
    for column in ("name", "namespace", "kind", "status", "reason", "summary"):
        words |= Q(**{f"{column}__icontains": search})
    return words


def _by_status(rows: QuerySet[Resource], wanted: Iterable[str]) -> QuerySet[Resource]:
    """What is gone is shown only to whoever asks for it."""
    words = {word.lower() for word in wanted}
    if not words:
        return rows.filter(deleted_at=None)
    found = Q(deleted_at__isnull=False) if _DELETED in words else Q(pk__in=())
    for word in sorted(words - {_DELETED})[:_MOST_NAMES]:
        found |= Q(deleted_at=None) & (Q(status__iexact=word) | Q(health=word))
    return rows.filter(found)
