"""Writing the record. Called by services inside the transaction of what they record, so both stay or
neither.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.models import AuditEntry
from core.context import current_request
from core.principal import Principal, system_principal

_NAME = 300
_BATCH = 1000


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


def prune() -> int:
    """Forget what is older than the installation keeps it, and say so in the record itself; the sweep calls it.

    The one way by which entries go: in small batches, so that nobody who writes has to wait.
    """
    days = settings.AUDIT_RETENTION_DAYS
    if not days:
        return 0
    limit = timezone.now() - timedelta(days=days)
    # The manager of the model refuses to remove anything.
    old = AuditEntry._base_manager.filter(at__lt=limit).order_by("at")
    removed = 0
    while batch := list(old.values_list("pk", flat=True)[:_BATCH]):
        removed += AuditEntry._base_manager.filter(pk__in=batch).delete()[0]
    if removed:
        with transaction.atomic():
            record(
                action="audit.pruned",
                object_type="audit",
                object_id="",
                detail={"entries": removed, "before": limit.isoformat(timespec="seconds")},
                actor=system_principal("retention"),
            )
    return removed
