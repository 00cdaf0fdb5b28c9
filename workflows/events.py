"""What workflows tell the rest of the product, on the stream of the workspace."""

from typing import TYPE_CHECKING, Any

from core.api.times import format_time
from realtime import services as realtime

if TYPE_CHECKING:
    from workflows.models import Workflow, WorkflowShare

CREATED = "workflow.created"
UPDATED = "workflow.updated"
DELETED = "workflow.deleted"
RESTORED = "workflow.restored"
PURGED = "workflow.purged"
SHARED = "workflow.shared"
SHARE_CHANGED = "workflow.share_changed"
UNSHARED = "workflow.unshared"
VERSION_CREATED = "workflow.version_created"
VERSION_UPDATED = "workflow.version_updated"


def stream_of(workspace: str) -> str:
    """Where everything is told that a member of the workspace may know."""
    return f"workspace:{workspace}"


def publish(workflow: "Workflow", type: str, **more: Any) -> None:
    """Never carries the graph: whoever wants it reads it, with their own rights."""
    payload = {
        "id": workflow.pk,
        "name": workflow.name,
        "status": workflow.status,
        "revision": workflow.revision,
        "updated_at": format_time(workflow.updated_at),
        **more,
    }
    workspace = workflow.workspace_id
    realtime.publish(stream=stream_of(workspace), type=type, workspace=workspace, subject=workflow.pk, payload=payload)


def publish_share(share: "WorkflowShare", type: str) -> None:
    """To those with whom it is shared, once it is theirs."""
    workspace = share.workspace_id
    if workspace is None:
        return
    payload = {"id": share.workflow_id, "name": share.workflow.name, "role": share.role, "shared_by": share.shared_by}
    realtime.publish(
        stream=stream_of(workspace), type=type, workspace=workspace, subject=share.workflow_id, payload=payload
    )
