"""One cluster: its caches, whether it answers, and telling those who are interested, at most every few
milliseconds. Each cluster runs on tasks of its own, so that one that hangs holds up nobody else."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from clusters.health.reading import Json, sentence
from clusters.kube.gateway import ClusterError, Gateway, Refused, Unreachable
from clusters.live.cache import CacheState, KindCache
from clusters.live.interests import ClusterView, Reconcile, Scope, Want, Wants, is_same_watch
from clusters.live.telling import Teller
from clusters.live.timing import Timing
from core.errors import AppError
from core.work.types import Lease
from plugins.sdk.objects import ObjectKey

logger = logging.getLogger(__name__)

Connect = Callable[[str], Awaitable[Gateway]]


class _Running(msgspec.Struct):
    cache: KindCache
    task: "asyncio.Task[None]"


class ClusterWatch(ClusterView):
    def __init__(self, lease: Lease, *, connect: Connect, reconcilers: Sequence[Reconcile], timing: Timing) -> None:
        self._lease = lease
        self._connect = connect
        self._tellers = [Teller(self, reconcile, timing) for reconcile in reconcilers]
        self._timing = timing
        self._running: dict[Scope, _Running] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._clock = asyncio.get_running_loop().time
        self._heard_at = self._clock()
        self._failing_since: float | None = None
        self._why = ""
        self._is_lost = False

    # --- what reconcilers see

    @property
    def id(self) -> str:
        return self._lease.key

    @property
    def lease(self) -> Lease:
        return self._lease

    @property
    def trouble(self) -> str:
        return self._why if self._is_lost else ""

    def is_known(self, scope: Scope) -> bool:
        running = self._running.get(scope)
        return running is not None and running.cache.is_known

    def refusal(self, scope: Scope) -> str:
        running = self._running.get(scope)
        return running.cache.message if running is not None and running.cache.state is CacheState.BLIND else ""

    def get(self, key: ObjectKey) -> Json | None:
        running = self._running.get(Scope.of(key))
        return running.cache.objects.get((key.namespace, key.name)) if running is not None else None

    def at(self, scope: Scope, key: ObjectKey) -> Json | None:
        running = self._running.get(scope)
        return running.cache.objects.get((key.namespace, key.name)) if running is not None else None

    def select(self, scope: Scope) -> list[Json]:
        running = self._running.get(scope)
        return list(running.cache.objects.values()) if running is not None else []

    def passed(self, scope: Scope) -> list[Json]:
        running = self._running.get(scope)
        return running.cache.take_passed() if running is not None else []

    # --- its life

    def start(self) -> None:
        begin = asyncio.get_running_loop().create_task
        self._tasks = [begin(self._beat_forever()), *(begin(teller.run()) for teller in self._tellers)]

    async def stop(self) -> None:
        tasks = [*self._tasks, *(running.task for running in self._running.values())]
        self._tasks, self._running = [], {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def set_wants(self, wants: Wants) -> None:
        """Watch exactly this. What is watched already goes on."""
        for scope in [scope for scope in self._running if scope not in wants]:
            self._end(scope)
        for scope, want in wants.items():
            running = self._running.get(scope)
            if running is not None and is_same_watch(running.cache.want, want):
                running.cache.want = want
                continue
            if running is not None:
                self._end(scope)
            self._begin(want)

    def look_at_everything(self) -> None:
        """Have the reconcilers go over all of it once more."""
        for teller in self._tellers:
            teller.look_at_everything()

    def _begin(self, want: Want) -> None:
        cache = KindCache(want, self, self._timing)
        self._running[want.scope] = _Running(cache, asyncio.get_running_loop().create_task(cache.run()))

    def _end(self, scope: Scope) -> None:
        self._running.pop(scope).task.cancel()

    # --- what caches report

    async def gateway(self) -> Gateway:
        try:
            return await self._connect(self.id)
        except AppError as error:
            raise Unreachable(error.message, reason=error.code) from error

    def heard(self) -> None:
        self._heard_at = self._clock()
        self._failing_since = None
        if self._is_lost:
            self._is_lost = False
            logger.info("live_cluster_is_back", extra={"cluster": self.id})
            self._restart_caches()
            self.look_at_everything()

    def failed(self, error: ClusterError) -> None:
        self._why = sentence(f"The cluster cannot be reached: {error.message}")
        if error.status in (401, 403):
            self._why = sentence(f"The cluster refuses the connection: {error.message}")
        if self._failing_since is None:
            self._failing_since = self._clock()
            asyncio.get_running_loop().call_later(self._timing.grace, self._despair)

    def changed(self, keys: set[ObjectKey]) -> None:
        for teller in self._tellers:
            teller.changed(keys)

    # --- whether it answers

    def _despair(self) -> None:
        """The grace is over. If it answered since, or fails anew, another call decides."""
        since = self._failing_since
        if since is None or self._is_lost or self._clock() - since < self._timing.grace - 0.01 or not self._tasks:
            return
        self._is_lost = True
        logger.warning("live_cluster_is_lost", extra={"cluster": self.id, "reason": self._why})
        self.look_at_everything()

    def _restart_caches(self) -> None:
        """Connections that hung through the silence may hang for ever: open all of them anew. What is known
        stays known until the new lists tell what changed."""
        for running in self._running.values():
            running.task.cancel()
            running.cache.begin_anew()
            running.task = asyncio.get_running_loop().create_task(running.cache.run())

    async def _beat_forever(self) -> None:
        """A quiet cluster is asked whether it is still there: a connection that died says nothing either."""
        while True:
            is_failing = self._failing_since is not None
            await asyncio.sleep(self._timing.beat_when_lost if is_failing else self._timing.beat)
            if not is_failing and self._clock() - self._heard_at < self._timing.beat:
                continue
            try:
                async with asyncio.timeout(self._timing.beat_timeout):
                    await (await self.gateway()).version()
            except TimeoutError:
                self.failed(Unreachable("It does not answer.", reason="timeout"))
            except Refused as error:
                # It answers, if not to this; whether it still knows us the caches find out.
                self.failed(error) if error.status == 401 else self.heard()
            except ClusterError as error:
                self.failed(error)
            except Exception:
                logger.exception("live_beat_failed", extra={"cluster": self.id})
            else:
                self.heard()
