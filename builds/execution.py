"""Carrying out builds as leased work: loads the journal, does the director's next step, fenced.

What a worker had on its disk dies with it, so whoever takes over fetches again; an image that the engine has already is
not made again.
"""

import asyncio
import shutil
from typing import Any

from builds import director
from builds.configuration import MOST_LOG_BYTES, engine_for, folder_of
from builds.director import Journal, Step
from builds.engines.types import EngineError
from builds.ledger import IllegalTransition, Ledger
from builds.models import Build
from builds.pump import Cancelled, Pump
from builds.services.queue import WORK_KIND, admit_builds
from builds.services.retention import forget_folders
from builds.sources.errors import SourceError
from builds.states import BuildStatus
from builds.work_steps import Steps
from core.work import registry
from core.work.types import Lease

LEASE_SECONDS = 30.0
RETRY_IN = 3.0
GIVEN_UP = "The worker that built it stopped without an answer, again and again, so the build was given up."
CANCELLED = "It was cancelled."


def register() -> None:
    """Called once, when the app is ready."""
    registry.register(WORK_KIND, carry_out, "build", lease_seconds=LEASE_SECONDS, retry_in=RETRY_IN, give_up=give_up)


def carry_out(lease: Lease) -> None:
    """The handler of the work kind; `lease.key` is the id of the build."""
    build = _load(lease.key)
    if build is None or build.is_finished:
        return
    # The sweep may be on another machine than the workers.
    forget_folders()
    folder = folder_of(build.pk)
    ledger = Ledger(build, lease, most_log_bytes=MOST_LOG_BYTES)
    try:
        _begin(ledger, lease)
        steps = Steps(build, ledger, Pump(ledger, lease), engine_for(build.engine), folder)
        _drive(steps, ledger, lease)
    except IllegalTransition:
        return  # Somebody ended it while we were about to.
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    admit_builds(engine=build.engine)


def give_up(lease: Lease, error: str) -> None:
    """No attempt is left. `error` is for the log of the installation; a person would not understand it."""
    build = _load(lease.key)
    if build is None or build.is_finished:
        return
    ledger = Ledger(build, lease, most_log_bytes=MOST_LOG_BYTES)
    if build.cancel_requested_at is not None:
        ledger.finish(BuildStatus.CANCELLED, error=CANCELLED)
    else:
        ledger.finish(BuildStatus.FAILED, code="worker_lost", error=GIVEN_UP)
    try:
        # An engine elsewhere goes on without the worker that asked it.
        asyncio.run(engine_for(build.engine).clean_up(build.pk))
    finally:
        admit_builds(engine=build.engine)


def _load(build_id: str) -> Build | None:
    return Build.objects.select_related("registry").filter(pk=build_id).first()


def _begin(ledger: Ledger, lease: Lease) -> None:
    """A first time, or after another worker: what was under way there is under way no more."""
    build = ledger.build
    journal = director.taken_over(Journal.read(build.journal), worker=lease.worker)
    if journal.attempt > 1:
        for step in [step for step in build.steps if step["status"] == "running"]:
            ledger.step(step["name"], "failed")
        ledger.line("", "The worker that had this build stopped; another one goes on.")
    started: dict[str, Any] = {} if build.started_at else {"started_at": build.admitted_at}
    ledger.save(journal=journal.stored(), **started)


def _drive(steps: Steps, ledger: Ledger, lease: Lease) -> None:
    try:
        while (step := director.next_step(steps.journal)) is not Step.FINISH:
            steps.do(step)
        ledger.finish(BuildStatus.SUCCEEDED)
    except Cancelled:
        ledger.finish(BuildStatus.CANCELLED, error=CANCELLED)
    except (EngineError, SourceError) as error:
        if getattr(error, "is_ours", False) and not lease.is_last_attempt:
            ledger.line("", steps.masker.mask(error.message))
            ledger.flush()
            raise
        ledger.finish(BuildStatus.FAILED, code=error.code, error=steps.masker.mask(error.message))
    finally:
        steps.clean_up()
