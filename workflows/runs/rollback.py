"""Taking back a run that failed, where its person asked for that.

The failed run is not over while it is taken back: a second run, which names it in `rolls_back`, brings the
release of before, and how that ends decides how the first one ends. Both calls belong in the transaction in
which the ledger ends a run.
"""

from django.utils import timezone

from audit import services as audit
from core.principal import system_principal
from core.work import services as work
from workflows.models import Run, RunPhase, RunStatus, Target
from workflows.runs.releases import content_of, make_release
from workflows.runs.types import DEPLOY, ROLLBACK, RunOptions

WORK_KIND = "workflows.run"
# Each restart of a worker costs an attempt, and a run may outlive several.
MAX_ATTEMPTS = 10
SYSTEM = "rollback"


def begin_rollback(*, run: Run) -> Run | None:
    """The run that takes `run` back; None when that was not asked for, or nothing ran before."""
    wanted = run.operation == DEPLOY and run.options.get("on_failure") == "rollback"
    if not wanted or run.status != RunStatus.DEPLOYING:
        return None
    target = Target.objects.select_for_update().get(pk=run.target_id)
    before = target.current_release
    if before is None or before.is_tombstone:
        return None
    release = make_release(target=target, content=content_of(before), version=before.version, source=ROLLBACK)
    usual = RunOptions()
    options = RunOptions(timeout_seconds=int(run.options.get("timeout_seconds") or usual.timeout_seconds))
    following = Run.objects.create(
        workspace_id=run.workspace_id,
        workflow_id=run.workflow_id,
        target=target,
        release=release,
        version_number=before.version.number if before.version else None,
        rolls_back=run,
        operation=ROLLBACK,
        options=options.to_json(),
        started_by=run.started_by,
    )
    audit.record(
        action="run.rollback_started",
        object_type="run",
        object_id=following.pk,
        detail={"rolls_back": run.pk, "release": release.sequence},
        workspace=run.workspace_id,
        actor=system_principal(SYSTEM, run.workspace_id),
    )
    enqueue_run(following)
    return following


def end_rolled_back(*, following: Run) -> Run | None:
    """End the run that `following`, which is over now, was to take back; None when there is none."""
    if following.rolls_back_id is None:
        return None
    run = Run.objects.select_for_update(of=("self",)).select_related("target").get(pk=following.rolls_back_id)
    if run.status not in (RunStatus.DEPLOYING, RunStatus.CANCELLING):
        return None
    if following.status == RunStatus.SUCCEEDED:
        run.status, told = RunStatus.ROLLED_BACK, "Went back to what ran before."
    elif following.status == RunStatus.CANCELLED:
        run.status, told = RunStatus.CANCELLED, "Going back to what ran before was cancelled."
    else:
        run.status, told = RunStatus.FAILED, f"Going back to what ran before failed too: {following.message}"
    run.message = f"{run.error} {told}".strip()
    run.phase, run.finished_at = RunPhase.DONE, timezone.now()
    run.save(update_fields=["status", "message", "phase", "finished_at"])
    return run


def enqueue_run(run: Run) -> None:
    work.enqueue(kind=WORK_KIND, key=run.pk, payload={}, workspace=run.workspace_id, max_attempts=MAX_ATTEMPTS)
