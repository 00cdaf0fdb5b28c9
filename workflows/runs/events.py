"""What the stream of a workflow tells: the run, its nodes and its log lines.

An event carries the target it is about and whether that is the one shown by default, so that one rendering
serves all clients: those who watch a target, and those who watch whatever ran last.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from clusters.selectors import name_as_seen
from core.principal import system_principal
from realtime.services import publish_many
from realtime.types import NewEvent, StreamEvent
from workflows.deploy.journal import Line
from workflows.deploy.others import others_in, with_names
from workflows.deploy.sight import NodeView
from workflows.events import stream_of as stream_of_workspace
from workflows.models import NodeStatus, Run, Target

Json = dict[str, Any]

RUN_CHANGED = "run.changed"
NODE_CHANGED = "node.changed"
RUN_LOGGED = "run.logged"
# On the stream of the workspace, for whoever does not watch this one workflow.
RUN_STARTED = "run.started"
RUN_ENDED = "run.ended"
# What the node says for all of its objects.
_OF_NODE = frozenset({"urls", "ready", "wanted"})
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


def node_json(node_id: str, view: NodeView, change: Json | None = None) -> Json:
    """The data of the event `node`. Each object knows its addresses and pods; the node shows those of all."""
    counted = [item for item in view.objects if "wanted" in item]
    return {
        "node_id": node_id,
        "state": view.state,
        "health": view.health,
        "message": view.message,
        "replicas": {name: sum(item[name] for item in counted) for name in ("ready", "wanted")} if counted else None,
        "last_change": change,
        "objects": [{key: value for key, value in item.items() if key not in _OF_NODE} for item in view.objects],
        "urls": [url for item in view.objects for url in item.get("urls", ())],
    }


def row_json(row: NodeStatus) -> Json:
    view = NodeView(row.state, row.health, row.message, tuple(row.objects_state))
    return node_json(row.node_id, view, change_json(row.last_change, row.updated_at))


def change_json(change: Json, at: datetime) -> Json | None:
    """None where it was not noted yet what changed."""
    return {**change, "at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")} if change else None


def run_event(run: Run) -> NewEvent:
    return _event(RUN_CHANGED, run.target, run.pk, run_json(run), is_latest=True)


def workspace_event(run: Run, type_: str) -> NewEvent:
    """News of a run for everybody in its workspace: `RUN_STARTED` or `RUN_ENDED`."""
    payload = {
        "run_id": run.pk,
        "workflow_id": run.workflow_id,
        "name": run.workflow.name,
        "target": run.target_id,
        "cluster": _cluster_name(run),
        "namespace": run.target.namespace,
        "operation": run.operation,
        "status": run.status,
        "version": run.version_number,
        "message": with_names(run.message, {}),
        "started_by": run.started_by,
        "is_taking_back": run.rolls_back_id is not None,
    }
    return NewEvent(stream_of_workspace(run.workspace_id), type_, run.workspace_id, run.pk, payload)


def _cluster_name(run: Run) -> str:
    """As the workspace of the workflow knows it: what is shared may have another name for its owner."""
    cluster = run.target.cluster
    if cluster is None or cluster.workspace_id == run.workspace_id:
        return cluster.name if cluster is not None else ""
    rows = Target.objects.filter(pk=run.target_id)
    named = rows.annotate(seen_as=name_as_seen(system_principal("runs", run.workspace_id)))
    return named.values_list("seen_as", flat=True).first() or ""


def publish_start(run: Run) -> None:
    """The stream of the workspace before that of the workflow, here and in the ledger: whoever needs both
    locks them in this order."""
    publish_many([workspace_event(run, RUN_STARTED)])
    publish_many([run_event(run)])


def node_events(target: Target, nodes: Iterable[Json], *, is_latest: bool) -> list[NewEvent]:
    """`nodes` as `node_json` gives them."""
    return [_event(NODE_CHANGED, target, node["node_id"], node, is_latest=is_latest) for node in nodes]


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
    payload: Json = {"target": target.pk, "latest": is_latest, "data": data}
    if others_in(data):
        payload["personal"] = True
    return NewEvent(stream_of(target.workflow_id), type_, target.workspace_id, subject, payload)


def is_personal(event: StreamEvent) -> bool:
    """Whether it names others, so that not everybody may read the same of it."""
    return bool(event.payload.get("personal"))


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
