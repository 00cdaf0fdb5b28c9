"""Reading clusters, always as somebody: whoever is not entitled to one is told that it does not exist."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from clusters.errors import ClusterNotFound
from clusters.models import Cluster, ConnectionLog
from clusters.names import is_name
from core.principal import Principal

# After so long what was last seen of a cluster is old news.
FRESH = timedelta(minutes=5)
# The credential stays in the table: what lists and shows clusters has no use for it.
_SEALED = "credentials"


def visible_clusters(actor: Principal, search: str = "") -> QuerySet[Cluster]:
    """All that `actor` may look at."""
    rows = Cluster.objects.filter(workspace_id=actor.workspace).defer(_SEALED)
    if not search:
        return rows
    words = Q()
    for column in ("name", "display_name", "description", "server"):
        words |= Q(**{f"{column}__icontains": search})
    return rows.filter(words)


def get_cluster(*, name_or_id: str, actor: Principal) -> Cluster:
    """By its id or its name; an id goes first, should somebody have named another cluster by it."""
    if not is_name(name_or_id):
        raise ClusterNotFound
    found = list(visible_clusters(actor).filter(Q(name=name_or_id) | Q(pk=name_or_id))[:2])
    if not found:
        raise ClusterNotFound
    return next((cluster for cluster in found if cluster.pk == name_or_id), found[0])


def get_default_cluster(*, actor: Principal) -> Cluster | None:
    """What is used where none is named."""
    return visible_clusters(actor).filter(is_default=True).first()


def list_connection_logs(*, name_or_id: str, search: str = "", actor: Principal) -> QuerySet[ConnectionLog]:
    """Every attempt to reach one cluster that is still remembered."""
    rows = ConnectionLog.objects.filter(cluster_id=get_cluster(name_or_id=name_or_id, actor=actor).pk)
    return rows.filter(Q(action__icontains=search) | Q(error__icontains=search)) if search else rows


def is_stale(cluster: Cluster) -> bool:
    """Whether nobody has looked at it for a while."""
    return cluster.checked_at is None or cluster.checked_at < timezone.now() - FRESH
