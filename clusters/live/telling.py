"""Telling one who is interested in a cluster what changed there, at their own pace: whoever is slow, or fails, holds up
nobody else."""

import asyncio
import logging

from clusters.live.interests import Changes, ClusterView, Reconcile
from clusters.live.timing import Timing
from core.work.types import LeaseLost
from plugins.sdk.objects import ObjectKey

logger = logging.getLogger(__name__)


class Teller:
    """`run` never returns; cancel it. The first call looks at everything."""

    def __init__(self, cluster: ClusterView, reconcile: Reconcile, timing: Timing) -> None:
        self._cluster = cluster
        self._reconcile = reconcile
        self._timing = timing
        self._keys: set[ObjectKey] = set()
        self._is_everything = True
        self._woken = asyncio.Event()
        self._woken.set()

    def changed(self, keys: set[ObjectKey]) -> None:
        self._keys |= keys
        self._woken.set()

    def look_at_everything(self) -> None:
        self._is_everything = True
        self._woken.set()

    async def run(self) -> None:
        failures = 0
        while True:
            try:
                async with asyncio.timeout(self._timing.recheck):
                    await self._woken.wait()
            except TimeoutError:
                self._is_everything = True
            await asyncio.sleep(self._timing.debounce)
            self._woken.clear()
            changes = Changes(frozenset(self._keys), self._is_everything)
            self._keys, self._is_everything = set(), False
            failures = 0 if await self._tell(changes) else failures + 1
            if failures:
                await asyncio.sleep(self._timing.pause(failures))

    async def _tell(self, changes: Changes) -> bool:
        try:
            await self._reconcile(self._cluster, changes)
        except LeaseLost:
            # Either another process speaks for this cluster, and ours is stopped at the next renewal; or the
            # renewal is late, and nothing may be missed until it comes.
            logger.warning("live_lease_lost", extra={"cluster": self._cluster.id})
            self.look_at_everything()
        except Exception:
            logger.exception("live_reconcile_failed", extra={"cluster": self._cluster.id})
            self.changed(set(changes.keys))
            self._is_everything |= changes.is_everything
        else:
            return True
        return False
