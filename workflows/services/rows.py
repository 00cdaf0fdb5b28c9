"""What every write of a workflow does alike: lock the row, count the change, tell of it."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from audit import services as audit
from core.principal import Principal
from workflows import events
from workflows.models import Workflow
from workflows.selectors import pick

# May refuse a change, seeing the row as it is under its lock: If-Match.
Check = Callable[[Workflow], None]


def unchecked(_workflow: Workflow) -> None:
    """For callers who take the row as it is."""


def lock(rows: QuerySet[Workflow], workflow_id: str, check: Check = unchecked) -> Workflow:
    """The one of `rows`, which say who may see it, held until the transaction ends."""
    workflow = pick(rows.select_for_update(of=("self",)), workflow_id)
    check(workflow)
    return workflow


def write(workflow: Workflow, *fields: str) -> None:
    """A change that a client can see: it counts in the ETag."""
    workflow.revision += 1
    workflow.updated_at = timezone.now()
    workflow.save(update_fields=[*fields, "revision", "updated_at"])


def tell(
    workflow: Workflow,
    event: str,
    actor: Principal,
    *,
    action: str = "",
    detail: dict[str, Any] | None = None,
    **payload: Any,
) -> None:
    """Audit and outbox, last in the transaction. The audit's action is the event's name unless it says more."""
    audit.record(
        action=action or event,
        object_type="workflow",
        object_id=workflow.pk,
        object_name=workflow.name,
        detail=detail,
        workspace=workflow.workspace_id,
        actor=actor,
    )
    events.publish(workflow, event, **payload)
