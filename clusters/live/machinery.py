"""Running it all: what is wanted, which clusters this process leads, and one watch for each of them."""

import asyncio
import gc
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from clusters.kube.gateway import Gateway
from clusters.live.cluster import ClusterWatch
from clusters.live.interests import Follower, Interest, Registration, Wants, followers, merge
from clusters.live.leases import Leases, worker_name
from clusters.live.timing import Timing
from clusters.services import gateway_for
from core.work.types import Lease
from realtime.threads import in_thread

logger = logging.getLogger(__name__)

# What is kept of clusters are very many small objects that live long and hold no rings: looking for garbage among them
# as often as Python does by itself takes a third of all the time (measured with 5,000 pods).
_COLLECTED_AT = (10_000, 20, 50)


class Live:
    """Lives on the cluster loop: make, start and stop it there; `refresh` may be called from any thread."""

    def __init__(
        self,
        registrations: Sequence[Registration] = (),
        *,
        timing: Timing = Timing(),  # noqa: B008 - frozen
        gateways: Callable[[str], Gateway] = gateway_for,
        name: str = "",
    ) -> None:
        self._registrations = list(registrations)
        self._followers = followers()
        self._timing = timing
        self._gateways = gateways
        self._leases = Leases(worker=name or worker_name(), seconds=timing.lease, tick=timing.tick)
        self._clusters: dict[str, ClusterWatch] = {}
        self._tokens: dict[str, tuple[str, ...]] = {}
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._renewed_at = time.monotonic()

    async def start(self) -> None:
        gc.set_threshold(*_COLLECTED_AT)
        self._task = self._loop.create_task(self._tend_forever())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self._stop_clusters(list(self._clusters))
        try:
            await in_thread(self._leases.release)
        except Exception:
            logger.exception("live_release_failed")

    def refresh(self) -> None:
        """What is wanted may have changed. From any thread."""
        with suppress(RuntimeError):  # The loop is closed.
            self._loop.call_soon_threadsafe(self._woken.set)

    @property
    def led(self) -> set[str]:
        """The clusters that this process leads."""
        return set(self._clusters)

    async def _tend_forever(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self._tend()
            except Exception:
                logger.exception("live_tend_failed")
                await self._let_go_if_stale()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timing.tick):
                    await self._woken.wait()
                    # Of what comes in a burst the rest comes along.
                    await asyncio.sleep(self._timing.debounce)

    async def _tend(self) -> None:
        began = time.monotonic()
        wants, tokens = await in_thread(self._collect)
        held = await in_thread(self._leases.update, list(wants))
        self._renewed_at = began
        await self._stop_clusters([key for key in self._clusters if not self._is_same(key, held.get(key))])
        for cluster_id, lease in held.items():
            watch = self._clusters.get(cluster_id)
            if watch is None:
                watch = self._clusters[cluster_id] = ClusterWatch(
                    lease,
                    connect=self._connect,
                    reconcilers=[
                        *(each.reconcile for each in self._registrations),
                        *(each.reconcile for each in self._followers),
                    ],
                    timing=self._timing,
                )
                watch.start()
            watch.set_wants(wants[cluster_id])
            if self._tokens.get(cluster_id) != tokens[cluster_id]:
                watch.look_at_everything()
        self._tokens = tokens

    def _collect(self) -> tuple[dict[str, Wants], dict[str, tuple[str, ...]]]:
        """All that is wanted by cluster, and the tokens of those who want it."""
        interests: list[Interest] = []
        for registration in self._registrations:
            interests.extend(registration.provider())
        for follower in self._followers:
            interests.extend(_following(follower, tuple(interests)))
        wants: dict[str, Wants] = {key: found for key, found in merge(interests).items() if found}
        tokens = {key: tuple(item.token for item in interests if item.cluster_id == key) for key in wants}
        return wants, tokens

    def _is_same(self, cluster_id: str, lease: Lease | None) -> bool:
        return lease is not None and lease.fence == self._clusters[cluster_id].lease.fence

    async def _let_go_if_stale(self) -> None:
        """Without the database no lease is renewed, and somebody else may lead by now."""
        if time.monotonic() - self._renewed_at > self._timing.lease:
            await self._stop_clusters(list(self._clusters))

    async def _stop_clusters(self, cluster_ids: Sequence[str]) -> None:
        await asyncio.gather(*(self._clusters.pop(cluster_id).stop() for cluster_id in cluster_ids))

    async def _connect(self, cluster_id: str) -> Gateway:
        return await in_thread(self._gateways, cluster_id)


def _following(follower: Follower, interests: tuple[Interest, ...]) -> list[Interest]:
    try:
        return list(follower.provider(interests))
    except Exception:
        logger.exception("live_follower_failed")
        return []
