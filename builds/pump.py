"""Carries what a phase says into the ledger, and the wish to cancel into the phase."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from builds.ledger import Ledger
from builds.phase import Emit, Phase
from core.work import services as work
from core.work.types import Lease, LeaseLost

T = TypeVar("T")
_LOOK_SECONDS = 0.3
_WAIT_SECONDS = 0.1


class Cancelled(Exception):
    """Somebody asked for the end of the build."""


class Pump:
    """For one build under one lease."""

    def __init__(self, ledger: Ledger, lease: Lease) -> None:
        self._ledger = ledger
        self._lease = lease
        self._looked_at = 0.0

    def check(self) -> None:
        """Raises Cancelled, or LeaseLost when another worker has the build."""
        work.check(self._lease)
        if self._ledger.is_cancel_requested():
            raise Cancelled

    def run(self, make: Callable[[Emit], Coroutine[Any, Any, T]], on_output: Callable[[bytes], None]) -> T:
        """What the phase returns or raises. Raises Cancelled and LeaseLost after the phase has ended."""
        self.check()
        phase = Phase(make)
        reason: Cancelled | LeaseLost | None = None
        while not phase.is_over:
            data = phase.take(_WAIT_SECONDS)
            try:
                if data is not None and reason is None:
                    on_output(data)
                if reason is None:
                    self._look()
            except (Cancelled, LeaseLost) as error:
                reason = error
                phase.cancel()
            except BaseException:
                phase.cancel()
                _drain(phase)
                raise
        if reason is not None:
            raise reason
        try:
            return phase.result()
        except asyncio.CancelledError:
            raise Cancelled from None

    def _look(self) -> None:
        if self._ledger.is_due:
            self._ledger.flush()
        if time.monotonic() - self._looked_at >= _LOOK_SECONDS:
            self._looked_at = time.monotonic()
            self.check()


def _drain(phase: Phase[Any]) -> None:
    while not phase.is_over:
        phase.take(_WAIT_SECONDS)
