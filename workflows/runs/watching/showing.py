"""Writing what was seen: only by the leader of the cluster, and only of what is still deployed."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import msgspec
from django.db import transaction

from core.work import services as work
from core.work.types import Lease
from plugins.sdk.health import HealthStatus
from plugins.sdk.objects import ObjectKey
from workflows.deploy.inventory import dump, load
from workflows.deploy.sight import NodeView
from workflows.models import NodeStatus, Run, Target
from workflows.runs.nodes import OF_A_RUN, view_of_row, write_nodes
from workflows.runs.places import IN_PROGRESS
from workflows.runs.watching.targets import Watched

CLUSTER_REMOVED = "The cluster was removed from Sailcloth, so nobody knows how this fares."
_here = threading.local()


def is_writing() -> bool:
    """Whether this thread is writing what was seen: what it publishes is no news to the watcher."""
    return getattr(_here, "is_writing", False)


@contextmanager
def _writing() -> Iterator[None]:
    _here.is_writing = True
    try:
        yield
    finally:
        _here.is_writing = False


def show(*, lease: Lease, seen: Watched, views: Mapping[str, NodeView], completed: frozenset[ObjectKey]) -> bool:
    """Bring the nodes of a target to `views`. False when the target changed since it was read: what was seen then is
    not about what is deployed now, and an undeployed node must not come back.

    What a run has in hand is left to it. Jobs that completed are remembered, for their clean-up is no loss.
    """
    with _writing(), work.fenced(lease):
        target = Target.objects.select_for_update().filter(pk=seen.id).first()
        if target is None or target.inventory != seen.inventory:
            return False
        is_running = Run.objects.filter(target=target, status__in=IN_PROGRESS).exists()
        if completed and not is_running:
            _remember_completed(target, completed)
        write_nodes(target=target, views=views, spare=OF_A_RUN if is_running else frozenset())
        return True


def _remember_completed(target: Target, completed: frozenset[ObjectKey]) -> None:
    entries = load(target.inventory)
    for key in completed & entries.keys():
        entries[key] = msgspec.structs.replace(entries[key], is_completed=True)
    target.inventory = dump(entries.values())
    target.save(update_fields=["inventory", "updated_at"])


def show_orphans() -> int:
    """Nodes whose cluster was removed: nobody watches them any more, and they must not look well for ever."""
    rows = NodeStatus.objects.filter(target__cluster=None).exclude(target__inventory=[])
    rows = rows.exclude(message=CLUSTER_REMOVED).exclude(state__in=["idle", "deleted"])
    ids = set(rows.values_list("target_id", flat=True))
    for target_id in sorted(ids):
        with transaction.atomic():
            target = Target.objects.select_for_update().filter(pk=target_id, cluster=None).first()
            if target is not None:
                write_nodes(target=target, views=_orphaned(target))
    return len(ids)


def _orphaned(target: Target) -> dict[str, NodeView]:
    unknown = NodeView("waiting", HealthStatus.UNKNOWN.value, CLUSTER_REMOVED)
    rows = NodeStatus.objects.filter(target=target).exclude(state__in=["idle", "deleted"])
    return {row.node_id: msgspec.structs.replace(unknown, objects=view_of_row(row).objects) for row in rows}
