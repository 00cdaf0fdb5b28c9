"""Writing the record. Called by services inside the transaction of what they record, so both stay or
neither.
"""

from typing import Any

from django.utils import timezone

from audit.models import AuditEntry
from core.context import current_request
from core.principal import Principal

_NAME = 300


def record(
    *,
    action: str,
    object_type: str,
    object_id: str,
    object_name: str = "",
    detail: dict[str, Any] | None = None,
    workspace: str | None = None,
    actor: Principal,
) -> AuditEntry:
    """`action` is dotted and in the past tense (`cluster.shared`). Never put a secret into `detail`.

    `workspace` is that of the object; without it the actor's.
    """
    request = current_request()
    return AuditEntry.objects.create(
        at=timezone.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name[:254],
        workspace_id=actor.workspace if workspace is None else workspace,
        action=action,
        object_type=object_type,
        object_id=object_id,
        object_name=object_name[:_NAME],
        ip=request.ip,
        request_id=request.request_id[:100],
        detail=detail or {},
    )
