"""The watcher: keeps what is shown of every deployed node true, and sweeps. One or many of them may run.

It lives on the cluster loop of its process. Which process speaks for which cluster is settled by leases.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable

import msgspec

from clusters.kube import loop
from clusters.kube.gateway import Gateway
from clusters.live.interests import Changes, ClusterView, Registration
from clusters.live.machinery import Live
from clusters.live.timing import Timing
from clusters.services import gateway_for
from realtime.threads import in_thread
from workflows.deploy.sight import NodeView
from workflows.runs.watching.hints import Hints
from workflows.runs.watching.showing import show
from workflows.runs.watching.sweep import Sweep
from workflows.runs.watching.targets import TargetBook, Watched
from workflows.runs.watching.views import Surroundings, see

logger = logging.getLogger(__name__)

# What we wrote is compared with the database again after this time, whoever may have written meanwhile.
TRUSTED_FOR = 60.0


class _Shown(msgspec.Struct, frozen=True):
    """What was written of a target last, in which state of it, and when."""

    stamp: str
    fence: int
    views: dict[str, NodeView]
    at: float


class Watcher:
    """`start` and `stop` may be called from any event loop."""

    def __init__(
        self,
        *,
        timing: Timing = Timing(),  # noqa: B008 - frozen
        gateways: Callable[[str], Gateway] = gateway_for,
        name: str = "",
        sweep: Sweep | None = None,
    ) -> None:
        self._timing = timing
        self._gateways = gateways
        self._name = name
        self._sweep = sweep or Sweep()
        self._book = TargetBook()
        self._shown: dict[str, _Shown] = {}
        self._live: Live | None = None
        self._hints: Hints | None = None
        self._sweeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await loop.wait(self._start())

    async def stop(self) -> None:
        await loop.wait(self._stop())

    @property
    def led(self) -> set[str]:
        """The clusters for which this watcher speaks."""
        return self._live.led if self._live is not None else set()

    async def _start(self) -> None:
        registration = Registration(self._book, self.reconcile)
        live = Live([registration], timing=self._timing, gateways=self._gateways, name=self._name)
        self._live = live
        self._hints = Hints(live.refresh)
        self._hints.start()
        await live.start()
        self._sweeping = asyncio.get_running_loop().create_task(self._sweep.run())

    async def _stop(self) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)
        if self._hints is not None:
            await self._hints.stop()
        if self._live is not None:
            await self._live.stop()
        self._live = self._hints = self._sweeping = None

    async def reconcile(self, cluster: ClusterView, changes: Changes) -> None:
        """Look at what a change may concern, and write what is different from before."""
        targets = self._book.of_cluster(cluster.id)
        around = Surroundings(cluster)
        now = time.time()
        if changes.is_everything:
            self._forget_gone()
        for target in _concerned(targets, changes):
            seen = see(target, cluster, around, now=now)
            if not seen.views or self._is_shown(target, cluster, seen.views):
                continue
            is_current = await in_thread(
                show, lease=cluster.lease, seen=target, views=seen.views, completed=seen.completed
            )
            if is_current:
                self._shown[target.id] = _Shown(target.stamp, cluster.lease.fence, seen.views, time.monotonic())
            elif self._live is not None:
                # It is read again, and with a new stamp everything is looked at once more.
                self._live.refresh()

    def _is_shown(self, target: Watched, cluster: ClusterView, views: dict[str, NodeView]) -> bool:
        shown = self._shown.get(target.id)
        return (
            shown is not None
            and (shown.stamp, shown.fence, shown.views) == (target.stamp, cluster.lease.fence, views)
            and time.monotonic() - shown.at < TRUSTED_FOR
        )

    def _forget_gone(self) -> None:
        deployed = self._book.ids()
        self._shown = {target_id: shown for target_id, shown in self._shown.items() if target_id in deployed}


def _concerned(targets: Iterable[Watched], changes: Changes) -> list[Watched]:
    if changes.is_everything:
        return list(targets)
    touched = {key.namespace for key in changes.keys}
    return [target for target in targets if target.namespaces & touched]
