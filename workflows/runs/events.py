"""What the stream of a workflow tells: the run, its nodes and its log lines.

An event carries the target it is about and whether that is the one shown by default, so that one rendering
serves all clients: those who watch a target, and those who watch whatever ran last.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from realtime.types import NewEvent, StreamEvent
from workflows.deploy.journal import Line
from workflows.deploy.sight import NodeView
from workflows.models import NodeStatus, Run, Target

Json = dict[str, Any]

RUN_CHANGED = "run.changed"
NODE_CHANGED = "node.changed"
RUN_LOGGED = "run.logged"
_NAMES = {RUN_CHANGED: "run", NODE_CHANGED: "node", RUN_LOGGED: "log"}


def stream_of(workflow_id: str) -> str:
    return f"workflow:{workflow_id}"


def run_json(run: Run) -> Json:
    """The data of the event `run`, and the `run` of a snapshot."""
    progress = run.journal.get("progress") or {}
    return {
        "run_id": run.pk,
        "status": run.status,
        "phase": run.phase,
        "version": run.version_number,
        "wave": progress.get("wave", 0),
        "waves": progress.get("waves", 0),
        "message": run.message,
    }


def node_json(node_id: str, view: NodeView) -> Json:
    """The data of the event `node`."""
    return {
        "node_id": node_id,
        "state": view.state,
        "health": view.health,
        "message": view.message,
        "objects": list(view.objects),
    }


def row_json(row: NodeStatus) -> Json:
    return {
        "node_id": row.node_id,
        "state": row.state,
        "health": row.health,
        "message": row.message,
        "objects": row.objects_state,
    }


def run_event(run: Run) -> NewEvent:
    return _event(RUN_CHANGED, run.target, run.pk, run_json(run), is_latest=True)


def node_events(target: Target, views: Mapping[str, NodeView], *, is_latest: bool) -> list[NewEvent]:
    return [
        _event(NODE_CHANGED, target, node_id, node_json(node_id, view), is_latest=is_latest)
        for node_id, view in views.items()
    ]


def log_events(run: Run, lines: Iterable[Line]) -> list[NewEvent]:
    return [
        _event(
            RUN_LOGGED,
            run.target,
            run.pk,
            {"run_id": run.pk, "level": line.level, "message": line.message},
            is_latest=True,
        )
        for line in lines
    ]


def _event(type_: str, target: Target, subject: str, data: Json, *, is_latest: bool) -> NewEvent:
    payload = {"target": target.pk, "latest": is_latest, "data": data}
    return NewEvent(stream_of(target.workflow_id), type_, target.workspace_id, subject, payload)


Render = Callable[[StreamEvent], tuple[str, Any] | None]


def render_latest(event: StreamEvent) -> tuple[str, Any] | None:
    """For clients who watch whatever ran last."""
    if event.type not in _NAMES or not event.payload["latest"]:
        return None
    return _NAMES[event.type], event.payload["data"]


@lru_cache(maxsize=1024)
def render_target(target_id: str) -> Render:
    """For clients who watch one target; one function for all of them, so that an event is encoded once."""

    def render(event: StreamEvent) -> tuple[str, Any] | None:
        if event.type not in _NAMES or event.payload["target"] != target_id:
            return None
        return _NAMES[event.type], event.payload["data"]

    return render
