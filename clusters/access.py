"""Who may do what with a cluster: the one place that answers it.

A row that was read as somebody (`clusters.selectors`) carries what they may do and under which name they know it;
one that was not has none of it, and asking it is an error of ours rather than a yes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, CharField, F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce

from clusters.errors import NamespaceNotShared, NotAllowed
from clusters.models import Cluster, ClusterShare
from clusters.types import OWNER, Need, Rights
from core.principal import Principal

_CARRIED = ("given_role", "given_namespaces", "given_by", "shown_name", "shown_default")


def seen_by(actor: Principal) -> QuerySet[Cluster]:
    """The clusters of the actor's workspace, and those that are shared with it: one query, however many."""
    rows = Cluster.objects.annotate(
        given=FilteredRelation("shares", condition=Q(shares__workspace=actor.workspace)),
        given_role=F("given__role"),
        given_namespaces=F("given__namespaces"),
        given_by=F("given__shared_by"),
        shown_name=Coalesce(F("given__name"), F("name"), output_field=CharField()),
        shown_default=Coalesce(F("given__is_default"), F("is_default"), output_field=BooleanField()),
    )
    return rows.filter(Q(workspace_id=actor.workspace) | Q(given__isnull=False))


def defaults_among(rows: QuerySet[Cluster]) -> QuerySet[Cluster]:
    """Of rows that were read as somebody: what they use where none is named."""
    return rows.filter(Q(shown_default=True))


def rights_of(cluster: Cluster) -> Rights:
    """What whoever read `cluster` may do with it."""
    role = _carried(cluster, "given_role")
    return rights_from(role, _carried(cluster, "given_namespaces")) if role else Rights(OWNER)


def rights_from(role: str, namespaces: Iterable[str] | None) -> Rights:
    return Rights(role, None if namespaces is None else frozenset(namespaces))


def shown_name(cluster: Cluster) -> str:
    """What whoever read `cluster` calls it."""
    return str(_carried(cluster, "shown_name"))


def shared_by(cluster: Cluster) -> str:
    """Who shared it with whoever read it; empty for one's own."""
    return str(_carried(cluster, "given_by") or "")


def is_their_default(cluster: Cluster) -> bool:
    return bool(_carried(cluster, "shown_default"))


def mark_own(cluster: Cluster) -> None:
    """For a row that its owner has just made."""
    _put(cluster, (None, None, None, cluster.name, cluster.is_default))


def carry(seen: Cluster, cluster: Cluster) -> None:
    """`cluster` is the row of `seen`, read again under a lock, still for the same person."""
    values = {name: _carried(seen, name) for name in _CARRIED}
    if values["given_role"] is None:
        values |= {"shown_name": cluster.name, "shown_default": cluster.is_default}
    _put(cluster, values.values())


def mark_default(cluster: Cluster) -> None:
    """It has just become the default of whoever read it."""
    cluster.shown_default = True  # type: ignore[attr-defined]


def require(rights: Rights, need: Need, namespace: str | None = None) -> None:
    """Raise the 403 that says what is missing."""
    if rights.may(need, namespace):
        return
    if rights.namespaces is not None and Rights(rights.role).may(need):
        raise NamespaceNotShared(sorted(rights.namespaces))
    raise NotAllowed(need, rights.role)


@dataclass(frozen=True, slots=True)
class Reach:
    """What one workspace may do with which clusters, for filtering rows of what is in them."""

    workspace: str
    shared: dict[str, Rights] = field(default_factory=dict)

    def where(self, cluster: str = "cluster", namespace: str = "namespace", need: Need = Need.LOOK) -> Q:
        """The rows that may be seen (or changed), by the names of their columns. `cluster` is a foreign key."""
        found = Q(**{f"{cluster}__workspace": self.workspace})
        for cluster_id, rights in self.shared.items():
            if rights.may(need):
                one = Q(**{f"{cluster}_id": cluster_id})
                if rights.namespaces is not None:
                    one &= Q(**{f"{namespace}__in": sorted(rights.namespaces)})
                found |= one
        return found


def reach_of(actor: Principal) -> Reach:
    rows = ClusterShare.objects.filter(workspace=actor.workspace).values_list("cluster_id", "role", "namespaces")
    return Reach(actor.workspace, {pk: rights_from(role, namespaces) for pk, role, namespaces in rows})


def _carried(cluster: Cluster, name: str) -> Any:
    return getattr(cluster, name)


def _put(cluster: Cluster, values: Iterable[object]) -> None:
    for name, value in zip(_CARRIED, values, strict=True):
        setattr(cluster, name, value)
