"""Carrying out runs as leased work: loads the journal, drives the steps, and lets no stalled worker write.

A worker that dies leaves the journal where its last step ended; whoever takes the work over goes on from
there.
"""

import time

from clusters.kube.gateway import Gateway
from clusters.registries.errors import PullSecretFailed
from clusters.selectors import rights_of_workspaces
from clusters.services import call
from clusters.services.custom_kinds import forget_custom_kinds
from clusters.types import Need
from core.work import registry
from core.work.types import Lease
from workflows.deploy.content import Content
from workflows.deploy.executor import Executor, Setting
from workflows.deploy.record import abort
from workflows.deploy.runner import drive
from workflows.deploy.view import View
from workflows.models import Release, Run
from workflows.runs.fence import guard_of
from workflows.runs.ledger import RunLedger
from workflows.runs.places import IN_PROGRESS
from workflows.runs.preparing import first_state, options_of, ready, saved_state
from workflows.runs.releases import content_of, parent_of, sets_on
from workflows.runs.rollback import WORK_KIND
from workflows.services.secrets import reveal_secrets

LEASE_SECONDS = 30.0
RETRY_IN = 2.0
GIVEN_UP = "Something went wrong on our side, again and again, so the run was given up."
CLUSTER_REMOVED = "The cluster was removed from Sailcloth."
NOT_SHARED = "The cluster is no longer shared with you to run there."


def register() -> None:
    """Called once, when the app is ready."""
    registry.register(WORK_KIND, carry_out, "run", lease_seconds=LEASE_SECONDS, retry_in=RETRY_IN, give_up=give_up)


def carry_out(lease: Lease) -> None:
    """The handler of the work kind; `lease.key` is the id of the run."""
    run = _load_run(lease.key)
    if run is None or run.status not in IN_PROGRESS or run.rollbacks.exists():
        return
    ledger = RunLedger(run, lease)
    refusal = _refusal(run)
    if refusal:
        _abort(ledger, refusal)
        return
    reached = ready(ledger, pause)
    if reached is not None and ledger.run.release is not None:
        state, gateway = reached
        executor = _executor_or_abort(ledger, ledger.run.release, gateway)
        if executor is not None:
            drive(state, executor, ledger, call=call, pause=pause)
            # It may have brought kinds, or taken some away: whoever draws next is offered what there is now.
            forget_custom_kinds(str(run.target.cluster_id))


def _refusal(run: Run) -> str:
    """Why the run may not go on: the cluster is gone, or no longer shared with whoever runs there."""
    cluster_id = run.target.cluster_id
    if cluster_id is None:
        return CLUSTER_REMOVED
    pair = (run.workspace_id, cluster_id)
    rights = rights_of_workspaces([pair]).get(pair)
    return "" if rights is not None and rights.may(Need.RUN, run.target.namespace) else NOT_SHARED


def give_up(lease: Lease, error: str) -> None:
    """No attempt is left. `error` is for the log, which has it; a person would not understand it."""
    run = _load_run(lease.key)
    if run is not None and run.status in IN_PROGRESS and not run.rollbacks.exists():
        _abort(RunLedger(run, lease), GIVEN_UP)


def pause(seconds: float) -> None:
    """Before another try. The lease's keeper goes on renewing."""
    time.sleep(seconds)


def _load_run(run_id: str) -> Run | None:
    return Run.objects.select_related("target", "workflow", "release").filter(pk=run_id).first()


def _abort(ledger: RunLedger, reason: str) -> None:
    state = saved_state(ledger.run) or first_state(ledger.run, Content())
    ledger.save(abort(state, time.time(), reason), upcoming=(), document=None)


def _executor_or_abort(ledger: RunLedger, release: Release, gateway: Gateway) -> Executor | None:
    """A registry that gives no password may do so at the next attempt; after the last one the run says why."""
    try:
        return _executor(ledger, release, gateway)
    except PullSecretFailed as error:
        if not ledger.lease.is_last_attempt:
            raise
        _abort(ledger, error.message)
        return None


def _executor(ledger: RunLedger, release: Release, gateway: Gateway) -> Executor:
    run, options = ledger.run, options_of(ledger.run)
    setting = Setting(
        parent=parent_of(run.target, run.workflow),
        content=content_of(release),
        operation=run.operation,
        release=str(release.sequence),
        known=ledger.known,
        values=reveal_secrets(revisions=release.secret_revisions, workspace=run.workspace_id),
        takes_from=sets_on(str(run.target.cluster_id), run.workspace_id) if options.take_over else frozenset(),
        force_conflicts=options.force_conflicts,
        delete_claims=options.delete_claims,
        made_namespace=run.target.made_namespace,
        only=frozenset(options.only),
    )
    return Executor(View(gateway), setting, guard=guard_of(ledger.lease))
