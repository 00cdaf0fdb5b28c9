"""Reading clusters, always as somebody: whoever is not entitled to one is told that it does not exist."""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from clusters.access import Reach, defaults_among, reach_of, require, rights_from, rights_of, seen_by, shown_name
from clusters.errors import ClusterNotFound
from clusters.metadata import Metadata
from clusters.models import Cluster, ClusterShare, ConnectionLog
from clusters.names import is_name
from clusters.types import OWNER, Need, Rights
from core.principal import Principal

# After so long what was last seen of a cluster is old news.
FRESH = timedelta(minutes=5)
# These stay in the table: what lists and shows clusters has no use for the credential, and the other is long.
_LARGE = ("credentials", "metadata")

__all__ = [
    "Reach",
    "get_cluster",
    "get_default_cluster",
    "get_metadata",
    "is_stale",
    "list_connection_logs",
    "list_shares",
    "may",
    "name_as_seen",
    "reach_of",
    "rights_of",
    "rights_of_workspaces",
    "rights_on",
    "shown_name",
    "visible_clusters",
]


def visible_clusters(actor: Principal, search: str = "") -> QuerySet[Cluster]:
    """All that `actor` may look at: their own, and what is shared with them under the name they know it by."""
    rows = seen_by(actor).defer(*_LARGE)
    if not search:
        return rows
    words = Q()
    for column in ("shown_name", "display_name", "description", "server"):
        words |= Q(**{f"{column}__icontains": search})
    return rows.filter(words)


def get_cluster(*, name_or_id: str, actor: Principal, need: Need = Need.LOOK, namespace: str | None = None) -> Cluster:
    """By its id or its name; an id goes first, should somebody have named another cluster by it.

    A 404 for whoever may not see it, a 403 for whoever may not do there what they `need` to; `namespace` is where
    (CLUSTER_SCOPED for objects that are in none).
    """
    if not is_name(name_or_id):
        raise ClusterNotFound
    found = list(visible_clusters(actor).filter(Q(shown_name=name_or_id) | Q(pk=name_or_id))[:2])
    if not found:
        raise ClusterNotFound
    cluster = next((each for each in found if each.pk == name_or_id), found[0])
    require(rights_of(cluster), need, namespace)
    return cluster


def get_default_cluster(*, actor: Principal) -> Cluster | None:
    """What is used where none is named."""
    return defaults_among(visible_clusters(actor)).first()


def rights_on(*, cluster_id: str, actor: Principal) -> Rights | None:
    """What `actor` may do with the cluster of this id; None when they may not even see it."""
    cluster = visible_clusters(actor).filter(pk=cluster_id).first()
    return rights_of(cluster) if cluster is not None else None


def may(*, cluster_id: str, need: Need, namespace: str | None = None, actor: Principal) -> bool:
    """Whether, without raising: for streams that go on, and for work of which nobody waits."""
    rights = rights_on(cluster_id=cluster_id, actor=actor)
    return rights is not None and rights.may(need, namespace)


def rights_of_workspaces(pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], Rights]:
    """By workspace and cluster id, for many at once in two queries; what is not in it may not be seen."""
    wanted = set(pairs)
    ids = {cluster_id for _, cluster_id in wanted}
    own = Cluster.objects.filter(pk__in=ids).values_list("workspace_id", "pk")
    found = {pair: Rights(OWNER) for pair in own if pair in wanted}
    shares = ClusterShare.objects.filter(cluster__in=ids).exclude(workspace=None)
    for workspace, cluster_id, role, namespaces in shares.values_list(
        "workspace_id", "cluster_id", "role", "namespaces"
    ):
        if workspace is not None and (workspace, cluster_id) in wanted:
            found[workspace, cluster_id] = rights_from(role, namespaces)
    return found


def name_as_seen(actor: Principal, cluster: str = "cluster") -> Coalesce:
    """For a query of rows that point to a cluster: the name by which `actor` knows it; NULL when they do not."""
    shares = ClusterShare.objects.filter(workspace=actor.workspace, cluster=OuterRef(f"{cluster}_id"))
    own = Case(When(**{f"{cluster}__workspace": actor.workspace}, then=F(f"{cluster}__name")), output_field=CharField())
    return Coalesce(Subquery(shares.values("name")[:1]), own, output_field=CharField())


def list_shares(*, name_or_id: str, search: str = "", actor: Principal) -> QuerySet[ClusterShare]:
    """With whom a cluster is shared, for whoever may share it."""
    cluster = get_cluster(name_or_id=name_or_id, actor=actor, need=Need.SHARE)
    rows = ClusterShare.objects.filter(cluster_id=cluster.pk).select_related("user")
    return rows.filter(Q(email__icontains=search) | Q(user__name__icontains=search)) if search else rows


def get_metadata(*, name_or_id: str, actor: Principal) -> tuple[Cluster, Metadata]:
    """What the last refresh found, as far as it is for `actor`: nothing but the names of what it could not know."""
    cluster = get_cluster(name_or_id=name_or_id, actor=actor)
    stored = Cluster.objects.values_list("metadata", flat=True).get(pk=cluster.pk)
    return cluster, Metadata.from_json(stored).within(rights_of(cluster).namespaces)


def list_connection_logs(*, name_or_id: str, search: str = "", actor: Principal) -> QuerySet[ConnectionLog]:
    """Every attempt to reach one cluster that is still remembered."""
    rows = ConnectionLog.objects.filter(cluster_id=get_cluster(name_or_id=name_or_id, actor=actor).pk)
    return rows.filter(Q(action__icontains=search) | Q(error__icontains=search)) if search else rows


def is_stale(cluster: Cluster) -> bool:
    """Whether nobody has looked at it for a while."""
    return cluster.checked_at is None or cluster.checked_at < timezone.now() - FRESH
