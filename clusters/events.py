"""What clusters tell the rest of the product, on the stream of the workspace."""

from typing import TYPE_CHECKING, Any

from core.api.times import format_time
from realtime import services as realtime

if TYPE_CHECKING:
    from clusters.models import Cluster

CREATED = "cluster.created"
UPDATED = "cluster.updated"
DELETED = "cluster.deleted"
DEFAULT_CHANGED = "cluster.default_changed"
CREDENTIALS_CHANGED = "cluster.credentials_changed"
STATUS_CHANGED = "cluster.status_changed"


def stream_of(workspace: str) -> str:
    """Where everything is told that a member of the workspace may know."""
    return f"workspace:{workspace}"


def publish(cluster: "Cluster", type: str, **more: Any) -> None:
    """Never carries what only the owner's own requests show: address, authority, credentials."""
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
    workspace = cluster.workspace_id
    realtime.publish(stream=stream_of(workspace), type=type, workspace=workspace, subject=cluster.pk, payload=payload)
