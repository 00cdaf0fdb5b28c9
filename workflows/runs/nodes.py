"""Writing how nodes fare: only what changed is written, and whatever is written is published with it."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from realtime.services import publish_many
from realtime.types import NewEvent
from workflows.deploy.sight import NodeView
from workflows.models import NodeStatus, Run, Target
from workflows.runs.events import node_events

# States that belong to a run: the watcher leaves them alone while that goes on.
OF_A_RUN = frozenset({"pending", "applying"})
_FIELDS = ["state", "health", "message", "objects_state", "updated_at"]


def is_latest(target: Target) -> bool:
    """Whether the workflow ran here last, so that this target is the one shown by default."""
    newest = Run.objects.filter(workflow_id=target.workflow_id).order_by("-created_at", "-pk")
    return newest.values_list("target_id", flat=True).first() in (target.pk, None)


def view_of_row(row: NodeStatus) -> NodeView:
    return NodeView(row.state, row.health, row.message, tuple(row.objects_state))


def write_nodes(
    *,
    target: Target,
    views: Mapping[str, NodeView],
    removed: Iterable[str] = (),
    spare: frozenset[str] = frozenset(),
    events: Sequence[NewEvent] = (),
) -> dict[str, NodeView]:
    """Bring the rows of `target` to `views` and delete those of `removed`; what changed, as published.

    Rows whose state is in `spare` are left as they are. `events` are published along: rows are always locked
    before streams, so that the watcher and a run never wait for each other.
    """
    gone = set(removed)
    with transaction.atomic():
        wanted = {*views, *gone}
        rows = {
            row.node_id: row
            for row in NodeStatus.objects.select_for_update().filter(target=target, node_id__in=wanted).order_by("pk")
        }
        changed = _changed(rows, views, spare)
        _write(target, rows, changed)
        changed |= _remove(rows, gone)
        told = node_events(target, changed, is_latest=is_latest(target)) if changed else []
        publish_many([*events, *told])
    return changed


def _changed(
    rows: Mapping[str, NodeStatus], views: Mapping[str, NodeView], spare: frozenset[str]
) -> dict[str, NodeView]:
    found = {}
    for node_id, view in views.items():
        row = rows.get(node_id)
        if row is None or (row.state not in spare and view_of_row(row) != view):
            found[node_id] = view
    return found


def _write(target: Target, rows: Mapping[str, NodeStatus], changed: Mapping[str, NodeView]) -> None:
    now = timezone.now()
    new: list[NodeStatus] = []
    old: list[NodeStatus] = []
    for node_id, view in changed.items():
        row = rows.get(node_id)
        known = row is not None
        row = row or NodeStatus(target=target, node_id=node_id)
        row.state, row.health, row.message = view.state, view.health, view.message
        row.objects_state, row.updated_at = list(view.objects), now
        (old if known else new).append(row)
    NodeStatus.objects.bulk_create(new)
    # They are there, and locked; an upsert costs a tenth of what `bulk_update` does for hundreds of them.
    NodeStatus.objects.bulk_create(old, update_conflicts=True, unique_fields=["pk"], update_fields=_FIELDS)


def _remove(rows: Mapping[str, NodeStatus], gone: set[str]) -> dict[str, NodeView]:
    found = [row for node_id, row in rows.items() if node_id in gone]
    NodeStatus.objects.filter(pk__in=[row.pk for row in found]).delete()
    return {row.node_id: NodeView("deleted", "missing", "It was removed.") for row in found}
