"""What clusters tell the rest of the product, on the stream of the workspace."""

from typing import TYPE_CHECKING, Any

from core.api.times import format_time
from realtime import services as realtime

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
    workspace = workspace or cluster.workspace_id
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
    realtime.publish(stream=stream_of(workspace), type=type, workspace=workspace, subject=cluster.pk, payload=payload)


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
