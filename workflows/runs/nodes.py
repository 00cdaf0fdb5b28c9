"""Writing how nodes fare: only what changed is written, and whatever is written is published with it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from realtime.services import publish_many
from realtime.types import NewEvent
from workflows.deploy.nodes import REMOVED
from workflows.deploy.sight import NodeView
from workflows.models import NodeStatus, Run, Target
from workflows.runs.events import change_json, node_events, node_json, row_json

Json = dict[str, Any]

# States that belong to a run: the watcher leaves them alone while that goes on.
OF_A_RUN = frozenset({"pending", "applying"})
_FIELDS = ["state", "health", "message", "objects_state", "last_change", "updated_at"]


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
        told = [row_json(row) for row in _write(target, rows, changed)]
        removals = _remove(rows, gone)
        told += [node_json(node_id, view, change) for node_id, (view, change) in removals.items()]
        changed |= {node_id: view for node_id, (view, _) in removals.items()}
        publish_many([*events, *(node_events(target, told, is_latest=is_latest(target)) if told else [])])
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


def _write(target: Target, rows: Mapping[str, NodeStatus], changed: Mapping[str, NodeView]) -> list[NodeStatus]:
    """The rows as they are now."""
    now = timezone.now()
    new: list[NodeStatus] = []
    old: list[NodeStatus] = []
    for node_id, view in changed.items():
        row = rows.get(node_id)
        known = row is not None
        before = view_of_row(row) if row is not None else None
        row = row or NodeStatus(target=target, node_id=node_id)
        row.last_change = _difference(before, view)
        row.state, row.health, row.message = view.state, view.health, view.message
        row.objects_state, row.updated_at = list(view.objects), now
        (old if known else new).append(row)
    NodeStatus.objects.bulk_create(new)
    # They are there, and locked; an upsert costs a tenth of what `bulk_update` does for hundreds of them.
    NodeStatus.objects.bulk_create(old, update_conflicts=True, unique_fields=["pk"], update_fields=_FIELDS)
    return [*new, *old]


def _remove(rows: Mapping[str, NodeStatus], gone: set[str]) -> dict[str, tuple[NodeView, Json | None]]:
    """What is told of each that is gone."""
    now = timezone.now()
    found = [row for node_id, row in rows.items() if node_id in gone]
    NodeStatus.objects.filter(pk__in=[row.pk for row in found]).delete()
    return {row.node_id: (REMOVED, change_json(_difference(view_of_row(row), REMOVED), now)) for row in found}


def _difference(before: NodeView | None, now: NodeView) -> Json:
    """What of a node changed, by what a person looks at first: {what, from, to}."""
    if before is None or before.state != now.state:
        return {"what": "state", "from": before.state if before else None, "to": now.state}
    ready, was = _ready(now), _ready(before)
    if ready is not None and ready != was:
        return {"what": "replicas", "from": was, "to": ready}
    if before.message != now.message:
        return {"what": "message", "from": before.message or None, "to": now.message or None}
    return {"what": "objects", "from": None, "to": None}


def _ready(view: NodeView) -> str | None:
    """`2/3` for two pods that are ready of three; None where none are counted."""
    counted = [item for item in view.objects if "wanted" in item]
    return f"{sum(i['ready'] for i in counted)}/{sum(i['wanted'] for i in counted)}" if counted else None
