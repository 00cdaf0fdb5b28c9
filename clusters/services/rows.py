"""What every change of a cluster needs: its row under a lock, and the record that it was made."""

from collections.abc import Callable
from typing import Any

from django.apps import apps

from audit.services import record
from clusters import events, selectors
from clusters.access import carry, is_their_default, shown_name
from clusters.errors import ClusterNotFound, PracticeIsFixed
from clusters.models import Cluster, ClusterAccess, ClusterShare, ConnectionLog
from clusters.names import NAME_LENGTH
from clusters.types import Finding, Need
from core.principal import Principal

# May refuse a change (If-Match), seeing the row as it is under its lock.
Check = Callable[[Cluster], None]
# Old lines go as new ones come.
KEPT_LOG_LINES = 500


def no_check(cluster: Cluster) -> None:
    """Any state will do."""


def lock_workspace(workspace: str) -> None:
    """Names and the default are decided by one at a time; held until the transaction ends."""
    rows = apps.get_model("accounts", "Workspace")._default_manager.select_for_update(no_key=True)
    rows.filter(pk=workspace).values_list("pk").first()


def lock_cluster(name_or_id: str, actor: Principal, need: Need = Need.LOOK) -> Cluster:
    """The row with its credential, or the 404, or the 403. Only inside a transaction."""
    found = selectors.get_cluster(name_or_id=name_or_id, actor=actor, need=need)
    locked = Cluster.objects.select_for_update(of=("self",)).filter(pk=found.pk).first()
    if locked is None:
        raise ClusterNotFound
    carry(found, locked)
    return locked


def is_taken(name: str, workspace: str) -> bool:
    """Whether somebody in the workspace knows a cluster by this name, be it their own or shared with them."""
    own = Cluster.objects.filter(workspace_id=workspace, name=name)
    return own.exists() or ClusterShare.objects.filter(workspace_id=workspace, name=name).exists()


def free_name(name: str, workspace: str) -> str:
    """The name, or the name with the first number that makes it free."""
    number, free = 2, name
    while is_taken(free, workspace):
        suffix = f"-{number}"
        free = f"{name[: NAME_LENGTH - len(suffix)]}{suffix}"
        number += 1
    return free


def refuse_practice(cluster: Cluster, what: str) -> None:
    """What comes with the product is not for people to change."""
    if cluster.access == ClusterAccess.PRACTICE:
        raise PracticeIsFixed(what)


def add_log_line(cluster: Cluster, action: str, finding: Finding) -> None:
    """Remember an attempt to reach the cluster, and forget the oldest ones."""
    ConnectionLog.objects.create(cluster=cluster, action=action, is_success=finding.is_healthy, error=finding.error)
    lines = ConnectionLog.objects.filter(cluster=cluster)
    oldest = lines.order_by("-created_at", "-pk").values_list("created_at", flat=True)[KEPT_LOG_LINES:].first()
    if oldest is not None:
        lines.filter(created_at__lte=oldest).delete()


def tell(cluster: Cluster, type: str, detail: dict[str, Any], actor: Principal, *, workspace: str = "") -> None:
    """Audit record and event of one change, in the cluster's workspace unless it is another's affair. Last in its
    transaction."""
    record(
        action=type,
        object_type="cluster",
        object_id=cluster.pk,
        object_name=cluster.name,
        detail=detail,
        workspace=workspace or cluster.workspace_id,
        actor=actor,
    )
    seen = {"name": shown_name(cluster), "is_default": is_their_default(cluster)} if workspace else {}
    events.publish(cluster, type, workspace=workspace, **seen)
