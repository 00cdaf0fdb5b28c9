"""What clusters tell the rest of the product, on the stream of the workspace."""

from typing import TYPE_CHECKING, Any

from core.api.times import format_time
from realtime import services as realtime
from realtime.types import NewEvent

if TYPE_CHECKING:
    from clusters.models import Cluster, ClusterShare

CREATED = "cluster.created"
UPDATED = "cluster.updated"
DELETED = "cluster.deleted"
DEFAULT_CHANGED = "cluster.default_changed"
CREDENTIALS_CHANGED = "cluster.credentials_changed"
STATUS_CHANGED = "cluster.status_changed"
SHARED = "cluster.shared"
SHARE_CHANGED = "cluster.share_changed"
UNSHARED = "cluster.unshared"


def stream_of(workspace: str) -> str:
    """Where everything is told that a member of the workspace may know."""
    return f"workspace:{workspace}"


def publish(cluster: "Cluster", type: str, *, workspace: str = "", **more: Any) -> None:
    """Never carries what only the owner's own requests show: address, authority, credentials."""
    realtime.publish_many([_event(cluster, type, workspace or cluster.workspace_id, more)])


def publish_status(cluster: "Cluster", *, was: str) -> None:
    """`STATUS_CHANGED` in its workspace and in those with which it is shared, each by the name under which it is known
    there; `was` is the status before."""
    told = [_event(cluster, STATUS_CHANGED, cluster.workspace_id, {"was": was})]
    for share in cluster.shares.exclude(workspace=None).order_by("pk"):
        seen = {"was": was, "name": share.name, "is_default": share.is_default}
        told.append(_event(cluster, STATUS_CHANGED, str(share.workspace_id), seen))
    realtime.publish_many(told)


def _event(cluster: "Cluster", type: str, workspace: str, more: dict[str, Any]) -> NewEvent:
    payload = {
        "id": cluster.pk,
        "name": cluster.name,
        "access": cluster.access,
        "status": cluster.status,
        "reason": cluster.reason,
        "version": cluster.version,
        "is_default": cluster.is_default,
        "revision": cluster.revision,
        "updated_at": format_time(cluster.updated_at),
        **more,
    }
    return NewEvent(stream_of(workspace), type, workspace, cluster.pk, payload)


def publish_share(share: "ClusterShare", type: str) -> None:
    """To those with whom it is shared, once it is theirs; by the name that they know it by."""
    workspace = share.workspace_id
    if workspace is None:
        return
    payload = {
        "id": share.cluster_id,
        "name": share.name,
        "role": share.role,
        "namespaces": share.namespaces or [],
        "shared_by": share.shared_by,
    }
    realtime.publish(
        stream=stream_of(workspace), type=type, workspace=workspace, subject=share.cluster_id, payload=payload
    )
