"""Driving a run: steps from the journal, results from the executor, everything into the ledger. Thin on purpose.

Works in a worker's thread; the executor's coroutines run on the cluster loop. Nothing here may be lost by a
crash: the ledger saves after each batch, and whoever comes next starts from there.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from workflows.deploy.executor import Executor
from workflows.deploy.journal import State
from workflows.deploy.plan import Action
from workflows.deploy.record import cancel, record
from workflows.deploy.steps import WRITES, Result, Step, StepKind, next_steps
from workflows.deploy.view import AT_ONCE

Json = dict[str, Any]
T = TypeVar("T")

# What is begun before the journal is saved again: a crash repeats it, which changes nothing.
BATCH = 32 * AT_ONCE
# On a slow cluster fewer of them are: whoever watches, or cancels, does not want to wait for all.
_BEGINS_WITHIN = 0.5
# A large journal takes long to save: not more than one part in so many of the time goes into that.
_SAVES_ONE_IN = 4
# Steps that only look, or that do the same when they are done twice. What is deleted leaves the journal's inventory
# before.
_OVERLAPS = WRITES - {StepKind.DELETE, StepKind.LEAVE} | {StepKind.CHECK, StepKind.OBSERVE, StepKind.SWEEP}
_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)


def pause_after(failures: int) -> float:
    """Seconds to wait when so many tries in a row have failed before."""
    return _PAUSES[min(failures, len(_PAUSES) - 1)]


class Call(Protocol):
    """Runs a coroutine on the cluster loop and waits for it."""

    def __call__(self, coroutine: Coroutine[Any, Any, T]) -> T: ...


class Ledger(Protocol):
    """Where a run is kept, and where the wish to end it arrives. Raises when this worker has lost its lease."""

    def save(self, state: State, *, upcoming: Sequence[Step], document: Json | None) -> None: ...

    def is_cancelled(self) -> bool: ...


def drive(
    state: State,
    executor: Executor,
    ledger: Ledger,
    *,
    call: Call,
    pause: Callable[[float], None] = time.sleep,
) -> State:
    """Go on until the run is over; the state in which it ended.

    The journal is saved while the next steps are under way, where a crash in between would only repeat them.
    """
    failures = 0
    is_saved = False
    saving = 0.0
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="run") as beside:
        steps = next_steps(state)[:BATCH]
        while steps:
            if not is_saved and not all(_may_overlap(step, state) for step in steps):
                ledger.save(state, upcoming=steps, document=executor.document)
                is_saved = True
            if ledger.is_cancelled():
                state = cancel(state, executor.clock())
            else:
                # Leaving waits for it, so that no write is left behind in the air when the lease is lost.
                under_way = beside.submit(call, _all(steps, state, executor, _SAVES_ONE_IN * saving))
                if not is_saved:
                    began = time.monotonic()
                    ledger.save(state, upcoming=steps, document=executor.document)
                    saving = time.monotonic() - began
                for step, result in under_way.result():
                    state = record(state, step, result)
            is_saved = False
            steps = next_steps(state)[:BATCH]
            if state.trouble and state.outcome is None:
                ledger.save(state, upcoming=steps, document=executor.document)
                is_saved = True
                pause(pause_after(failures))
                failures += 1
            else:
                failures = 0
        ledger.save(state, upcoming=(), document=executor.document)
    return state


def _may_overlap(step: Step, state: State) -> bool:
    """A replacement, or a job, decided on and not yet written down would be decided on again: a job would run
    twice."""
    if step.kind is StepKind.APPLY:
        item = state.items[step.index]
        return item.action is not Action.REPLACE and item.kind != "Job"
    return step.kind in _OVERLAPS


async def _all(steps: Sequence[Step], state: State, executor: Executor, seconds: float) -> list[tuple[Step, Result]]:
    """What was begun in time, at least as many as run at once; the others come up again as next steps."""
    slots = asyncio.Semaphore(AT_ONCE)
    clock = asyncio.get_running_loop().time
    until = clock() + max(seconds, _BEGINS_WITHIN)

    async def one(position: int, step: Step) -> Result | None:
        async with slots:
            is_late = position >= AT_ONCE and clock() > until
            return None if is_late else await executor.execute(step, state)

    # All of them end before the first lost lease is raised: no write is left behind in the air.
    begun = (one(position, step) for position, step in enumerate(steps))
    results = await asyncio.gather(*begun, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [(step, result) for step, result in zip(steps, results, strict=True) if isinstance(result, Result)]
