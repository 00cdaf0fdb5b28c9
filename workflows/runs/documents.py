"""Runs and targets as clients read them."""

from datetime import UTC, datetime
from typing import Any

from core.api.times import format_time
from core.principal import Principal
from plugins.sdk.objects import ObjectKey
from workflows.deploy.journal import Item, ItemState, StaleItem, State, load
from workflows.deploy.plan import Action
from workflows.models import Run, Target
from workflows.runs.drift import DriftReport
from workflows.runs.selectors import cluster_name_of, name_for, target_json
from workflows.runs.types import RunOptions

Json = dict[str, Any]


def started_json(run: Run) -> Json:
    """What every start of a run answers."""
    return {"run_id": run.pk, "status": run.status, "version": run.version_number}


def run_document(run: Run) -> Json:
    """A run as lists show it."""
    ended = run.finished_at
    began = run.started_at or run.created_at
    return {
        "id": run.pk,
        "run_id": run.pk,
        "workflow_id": run.workflow_id,
        "target": target_json(run.target, cluster_name_of(run)),
        "cluster": cluster_name_of(run),
        "namespace": run.target.namespace,
        "operation": run.operation,
        "status": run.status,
        "phase": run.phase,
        "version": run.version_number,
        "release": run.release.sequence if run.release is not None else None,
        "rolls_back": run.rolls_back_id,
        "message": run.message,
        "changes": _changes_of(run),
        "error": run.error or None,
        "started_by": run.started_by,
        "created_at": format_time(run.created_at),
        "started_at": format_time(run.started_at),
        "finished_at": format_time(ended),
        "duration_seconds": round((ended - began).total_seconds(), 3) if ended else None,
    }


def _changes_of(run: Run) -> Json | None:
    """How many objects it made, changed and so on; None before it was planned. Of a row of a list, whose plan is not
    loaded, this alone is."""
    if "plan_summary" in run.__dict__:
        found: Json | None = run.__dict__["plan_summary"]
        return found
    return (run.plan or {}).get("summary")


def drift_document(report: DriftReport, *, actor: Principal) -> Json:
    """What has drifted, as the API shows it."""
    target, release = report.target, report.release
    return {
        "workflow_id": report.workflow.pk,
        "target": target_json(target, name_for(target, actor)) if target is not None else None,
        "version": release.version.number if release is not None and release.version is not None else None,
        "release": release.sequence if release is not None else None,
        "checked": report.checked,
        "objects": [drift.to_json() for drift in report.drifts],
        "checked_at": format_time(report.checked_at),
    }


def _options(run: Run) -> Json:
    options = {**RunOptions().to_json(), **run.options}
    return {**options, "objects": [str(ObjectKey(*each)) for each in options["objects"]]}


def run_detail(run: Run) -> Json:
    """A run with its steps, what became of each object, its plan and its log."""
    raw = run.journal.get("state")
    state = load(raw) if raw else None
    following = run.rollbacks.order_by("-pk").values_list("pk", flat=True).first()
    return {
        **run_document(run),
        "options": _options(run),
        "rolled_back_by": following,
        "steps": _steps(state) if state else [],
        "objects": [*map(_object, state.items), *map(_removal, state.stale)] if state else [],
        "plan": run.plan,
        "log": _log(state) if state else [],
    }


def target_document(target: Target, last_run: Run | None) -> Json:
    release = target.current_release
    is_released = release is not None and not release.is_tombstone
    version = release.version.number if release is not None and is_released and release.version else None
    return {
        **target_json(target, cluster_name_of(target)),
        "workflow_id": target.workflow_id,
        "cluster_id": target.cluster_id,
        "is_deployed": bool(is_released or target.inventory),
        "version": version,
        "release": release.sequence if release is not None and is_released else None,
        "object_count": len(target.inventory),
        "made_namespace": target.made_namespace,
        "last_run": run_brief(last_run) if last_run is not None else None,
        "expires_at": format_time(target.expires_at),
        "created_at": format_time(target.created_at),
        "updated_at": format_time(target.updated_at),
    }


def run_brief(run: Run) -> Json:
    return {
        "run_id": run.pk,
        "operation": run.operation,
        "status": run.status,
        "phase": run.phase,
        "version": run.version_number,
        "message": run.message,
        "created_at": format_time(run.created_at),
        "finished_at": format_time(run.finished_at),
    }


def _steps(state: State) -> list[Json]:
    """The phases that the run went through, each with its time."""
    return [
        {
            "name": each.name.value,
            "status": "done" if each.finished_at else "running",
            "started_at": _time(each.started_at),
            "finished_at": _time(each.finished_at),
            "seconds": round(each.finished_at - each.started_at, 3) if each.finished_at else None,
        }
        for each in state.stretches
    ]


def _object(item: Item) -> Json:
    sight = item.sight
    return {
        "node_id": item.node_id,
        "api_version": f"{item.group}/{item.version}" if item.group else item.version,
        "kind": item.kind,
        "namespace": item.namespace,
        "name": item.name,
        "action": item.action.value if item.action else None,
        "state": item.state.value,
        "wave": item.wave,
        "reason": (sight.reason if sight else "") or "",
        "message": (sight.message if sight else "") or item.reason,
        "health": sight.health if sight else None,
        "applied_at": _time(item.applied_at),
    }


def _removal(item: StaleItem) -> Json:
    stale = item.stale
    is_failed = bool(item.error)
    done = ItemState.DONE if item.is_done or stale.is_kept else ItemState.TODO
    return {
        "node_id": stale.node_id,
        "api_version": stale.api_version,
        "kind": stale.kind,
        "namespace": stale.namespace,
        "name": stale.name,
        "action": (Action.KEEP if stale.is_kept else Action.DELETE).value,
        "state": (ItemState.FAILED if is_failed else done).value,
        "wave": 0,
        "reason": "",
        "message": item.error or stale.reason,
        "health": None,
        "applied_at": None,
    }


def _log(state: State) -> list[Json]:
    return [{"at": _time(line.at), "level": line.level, "message": line.message} for line in state.log]


def _time(seconds: float) -> str | None:
    return format_time(datetime.fromtimestamp(seconds, UTC)) if seconds else None
