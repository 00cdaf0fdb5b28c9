"""The trace of each terminal in the audit log: who was in which container, from when to when, and how much went
through. What was typed or shown is never kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from audit import services as audit
from core.api.times import format_time
from core.principal import Principal

OPENED = "terminal.opened"
CLOSED = "terminal.closed"


@dataclass(frozen=True, slots=True)
class Visit:
    """Where somebody is. `workspace` is that of the cluster."""

    session: str
    workspace: str
    cluster_id: str
    cluster: str
    resource_id: str
    namespace: str
    pod: str
    container: str
    shell: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    ended_at: datetime
    bytes_in: int
    bytes_out: int
    reason: str
    exit_code: int | None


@transaction.atomic
def record_opened(*, visit: Visit, actor: Principal) -> None:
    """Before anybody can type."""
    _record(OPENED, visit, {}, actor)


@transaction.atomic
def record_closed(*, visit: Visit, outcome: Outcome, actor: Principal) -> None:
    detail = {
        "to": format_time(outcome.ended_at),
        "bytes": outcome.bytes_in + outcome.bytes_out,
        "bytes_in": outcome.bytes_in,
        "bytes_out": outcome.bytes_out,
        "reason": outcome.reason,
        "exit_code": outcome.exit_code,
    }
    _record(CLOSED, visit, detail, actor)


def _record(action: str, visit: Visit, more: dict[str, Any], actor: Principal) -> None:
    audit.record(
        action=action,
        object_type="terminal",
        # The id of a session opens it again; its first part alone does not.
        object_id=visit.resource_id,
        object_name=f"{visit.namespace}/{visit.pod}/{visit.container}",
        detail={
            "cluster_id": visit.cluster_id,
            "cluster": visit.cluster,
            "namespace": visit.namespace,
            "pod": visit.pod,
            "container": visit.container,
            "shell": visit.shell,
            "from": format_time(visit.started_at),
            **more,
        },
        workspace=visit.workspace,
        actor=actor,
    )
