"""Driving a run: steps from the journal, results from the executor, everything into the ledger. Thin on purpose.

Works in a worker's thread; the executor's coroutines run on the cluster loop. Nothing here may be lost by a
crash: the ledger saves after each batch, and whoever comes next starts from there.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol, TypeVar

from workflows.deploy.executor import Executor
from workflows.deploy.journal import State
from workflows.deploy.record import cancel, record
from workflows.deploy.steps import Result, Step, next_steps
from workflows.deploy.view import AT_ONCE

Json = dict[str, Any]
T = TypeVar("T")

# What is begun before the journal is saved again: a crash repeats it, which changes nothing.
BATCH = 16 * AT_ONCE
# On a slow cluster fewer of them are: whoever watches, or cancels, does not want to wait for all.
_BEGINS_WITHIN = 0.5
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
    """Go on until the run is over; the state in which it ended."""
    failures = 0
    ledger.save(state, upcoming=next_steps(state)[:BATCH], document=None)
    while steps := next_steps(state)[:BATCH]:
        if ledger.is_cancelled():
            state = cancel(state, executor.clock())
        else:
            state = _carry_out(steps, state, executor, call)
        ledger.save(state, upcoming=next_steps(state)[:BATCH], document=executor.document)
        if state.trouble and state.outcome is None:
            pause(pause_after(failures))
            failures += 1
        else:
            failures = 0
    return state


def _carry_out(steps: Sequence[Step], state: State, executor: Executor, call: Call) -> State:
    for step, result in call(_all(steps, state, executor)):
        state = record(state, step, result)
    return state


async def _all(steps: Sequence[Step], state: State, executor: Executor) -> list[tuple[Step, Result]]:
    """What was begun in time, at least as many as run at once; the others come up again as next steps."""
    slots = asyncio.Semaphore(AT_ONCE)
    clock = asyncio.get_running_loop().time
    until = clock() + _BEGINS_WITHIN

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
