"""The fence of a run: asked before each write to a cluster, so that a stalled worker writes nothing more."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from core.work import services as work
from core.work.types import Lease
from workflows.deploy.removal import Guard

# A write is begun only while the lease holds for so long, so that it ends before anybody takes over.
SPARE_SECONDS = 5.0

_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="fence")


def guard_of(lease: Lease) -> Guard:
    """Raises LeaseLost. The database is asked in a thread: the cluster loop must not wait for it."""

    def check() -> None:
        try:
            work.check(lease, spare_seconds=SPARE_SECONDS)
        finally:
            connections.close_all()

    async def guard() -> None:
        await asyncio.get_running_loop().run_in_executor(_pool, check)

    return guard
