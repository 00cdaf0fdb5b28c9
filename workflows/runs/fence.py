"""The fence of a run: asked before each write to a cluster, so that a stalled worker writes nothing more."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from core.work import services as work
from core.work.types import Lease
from workflows.deploy.removal import Guard

# A write is begun only while the lease holds for so long, so that it ends before anybody takes over.
SPARE_SECONDS = 5.0
# Writes that begin so soon after a check share it: much less than what is spared, and than anybody stalls for.
SHARED_SECONDS = 0.1

_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="fence")
# It goes on while the machine sleeps, where the system has such a clock.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def guard_of(lease: Lease) -> Guard:
    """Raises LeaseLost. The database is asked in a thread: the cluster loop must not wait for it."""
    return _Fence(lease)


class _Fence:
    """One query at a time, however many want to write."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._lock: asyncio.Lock | None = None
        self._checked_at = float("-inf")

    async def __call__(self) -> None:
        if self._is_fresh():
            return
        # Made here, for it belongs to the loop on which it is waited for.
        self._lock = self._lock or asyncio.Lock()
        async with self._lock:
            while not self._is_fresh():
                # Of the moment before the question: the answer may be as old as that.
                asked_at = time.clock_gettime(_CLOCK)
                await asyncio.get_running_loop().run_in_executor(_pool, self._check)
                self._checked_at = asked_at
                if time.clock_gettime(_CLOCK) - asked_at < SPARE_SECONDS / 2:
                    return

    def _is_fresh(self) -> bool:
        return time.clock_gettime(_CLOCK) - self._checked_at < SHARED_SECONDS

    def _check(self) -> None:
        try:
            work.check(self._lease, spare_seconds=SPARE_SECONDS)
        finally:
            connections.close_all()
