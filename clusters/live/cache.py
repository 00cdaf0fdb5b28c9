"""One kind in one namespace of one cluster, kept as the cluster has it: a list, then a watch, again and again.

Whatever goes wrong here is a matter of this cache alone; it reports to its cluster what it hears and what fails.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from enum import StrEnum
from typing import Any, Protocol

from clusters.health.reading import Json, dig, text
from clusters.kube.gateway import (
    ClusterError,
    Gateway,
    NotFound,
    Refused,
    ResourceExpired,
    Unsupported,
    WatchEvent,
)
from clusters.live.interests import Want
from clusters.live.timing import Timing
from clusters.live.trimming import is_worth_keeping, trim, worth_keeping
from plugins.sdk.capabilities import ServedKind
from plugins.sdk.objects import ObjectKey

logger = logging.getLogger(__name__)


class CacheState(StrEnum):
    """`unserved`: the cluster has no such kind. `blind`: it may, but we cannot look."""

    NEW = "new"
    READY = "ready"
    UNSERVED = "unserved"
    BLIND = "blind"


# So many times the grace of a cluster, and what was seen before no longer counts as true. If all of the cluster is
# silent it is said to be lost before.
_BLIND_AFTER = 2.0


# Of a flood the last is enough.
_MOST_PASSED = 500


class Listener(Protocol):
    """The cluster that a cache belongs to."""

    async def gateway(self) -> Gateway: ...

    def heard(self) -> None: ...

    def failed(self, error: ClusterError) -> None: ...

    def changed(self, keys: set[ObjectKey]) -> None: ...


class KindCache:
    """`run` never returns; cancel it."""

    def __init__(self, want: Want, cluster: Listener, timing: Timing) -> None:
        self.want = want
        self.state = CacheState.NEW
        self.message = ""
        self.objects: dict[tuple[str, str], Json] = {}
        self._passed: deque[Json] = deque(maxlen=_MOST_PASSED)
        self._cluster = cluster
        self._timing = timing
        self._kicked = asyncio.Event()
        self._failures = 0
        self._failing_since: float | None = None

    @property
    def is_known(self) -> bool:
        return self.state is not CacheState.NEW

    def take_passed(self) -> list[Json]:
        found = list(self._passed)
        self._passed.clear()
        return found

    def begin_anew(self) -> None:
        """The cluster answers again: what was in the way may be gone."""
        self._failures = 0
        self._failing_since = None
        if self.state is CacheState.BLIND:
            self.state = CacheState.NEW
        self._kicked.set()

    async def run(self) -> None:
        while True:
            try:
                await self._follow()
            except ResourceExpired:
                # Our place in the history is gone; listing again finds all that was missed.
                await self._pause(self._timing.first_pause if self._failures else 0.0)
                self._failures += 1
            except (Refused, Unsupported) as error:
                await (self._failed(error) if error.status == 401 else self._refused(error))
            except ClusterError as error:
                await self._failed(error)
            except Exception:
                logger.exception("live_cache_failed", extra={"scope": str(self.want.scope)})
                self._failures += 1
                await self._pause(self._timing.pause(self._failures))

    async def _failed(self, error: ClusterError) -> None:
        self._cluster.failed(error)
        self._failures += 1
        now = asyncio.get_running_loop().time()
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since >= _BLIND_AFTER * self._timing.grace:
            self._settle(CacheState.BLIND, f"{self.want.scope.kind} cannot be read: {error.message}")
        await self._pause(max(self._timing.pause(self._failures), error.retry_after or 0.0))

    # --- list and watch

    async def _follow(self) -> None:
        gateway = await self._cluster.gateway()
        served = await self._served(gateway)
        if served is None:
            self._settle(CacheState.UNSERVED, f"The cluster does not serve {self.want.scope.kind}.")
            await self._pause(self._timing.refused_pause)
            return
        namespace = self.want.scope.namespace if served.namespaced else ""
        page = await gateway.list(served, namespace, labels=self.want.labels, fields=self.want.fields)
        self._cluster.heard()
        self._replace(page.items, served)
        version = page.resource_version
        # What came with it and is not kept, values of secrets among it, must not stay for as long as the watch lasts.
        del page
        while True:
            try:
                version = await self._watch(gateway, served, namespace, version)
            except (Refused, Unsupported) as error:
                if error.status == 401:
                    raise
                # It may be listed, not watched: then it is listed now and then.
                await self._pause(self._timing.poll)
                return

    async def _served(self, gateway: Gateway) -> ServedKind | None:
        group, kind, _ = self.want.scope
        for is_again in (False, True):
            capabilities = await gateway.capabilities(refresh=is_again)
            found = capabilities.find(group, kind, self.want.version or None) or capabilities.find(group, kind)
            if found is not None:
                return found
        return None

    async def _watch(self, gateway: Gateway, served: ServedKind, namespace: str, version: str) -> str:
        """Until the server ends it; the version from which to go on."""
        clock = asyncio.get_running_loop().time
        began = clock()
        stream = await gateway.watch(
            served,
            namespace,
            resource_version=version,
            labels=self.want.labels,
            fields=self.want.fields,
            timeout_seconds=self._timing.watch_time(),
        )
        try:
            while (event := await self._next(stream)) is not None:
                self._cluster.heard()
                self._failures = 0
                version = text(dig(event.object, "metadata", "resourceVersion")) or version
                self._take(event, served)
        finally:
            await _close(stream)
        if clock() - began >= self._timing.shortest_watch:
            self._failures = 0
        else:
            self._failures += 1
            await self._pause(self._timing.pause(self._failures))
        return version

    async def _next(self, stream: AsyncIterator[WatchEvent]) -> WatchEvent | None:
        """None when the server ended the watch, or was silent for too long: either way it is opened anew."""
        try:
            async with asyncio.timeout(self._timing.silence):
                return await anext(stream, None)
        except TimeoutError:
            return None

    def _take(self, event: WatchEvent, served: ServedKind) -> None:
        if event.type == "BOOKMARK":
            return
        place = _place(event.object)
        if event.type == "DELETED" or not is_worth_keeping(event.object, served.kind):
            was = self.objects.pop(place, None) is not None
            if self.want.passes and event.type != "DELETED":
                self._passed.append(self._kept(event.object, served))
                was = True
        else:
            self.objects[place] = self._kept(event.object, served)
            was = True
        if was:
            self._cluster.changed({self._key(place)})

    def _replace(self, items: list[Json], served: ServedKind) -> None:
        before = self.objects
        self.objects = {_place(item): self._kept(item, served) for item in worth_keeping(items, served.kind)}
        gone = before.keys() - self.objects.keys()
        changed = {place for place, obj in self.objects.items() if _version(before.get(place)) != _version(obj)}
        self._settle(CacheState.READY, "", {self._key(place) for place in gone | changed})

    # --- without the right to list

    async def _refused(self, error: ClusterError) -> None:
        self._cluster.heard()
        if isinstance(error, NotFound):
            self._settle(CacheState.UNSERVED, f"The cluster does not serve {self.want.scope.kind}.")
        elif not await self._poll_names():
            self._settle(CacheState.BLIND, f"This connection may not look at {self.want.scope.kind}: {error.message}")
        await self._pause(self._timing.refused_pause)

    async def _poll_names(self) -> bool:
        """Look at the objects that matter one by one, for about as long as a watch would last; False if that is
        refused too."""
        if not self.want.names:
            return False
        until = asyncio.get_running_loop().time() + self._timing.watch_time()
        while asyncio.get_running_loop().time() < until:
            gateway = await self._cluster.gateway()
            served = await self._served(gateway)
            if served is None:
                return False
            try:
                items = [item async for item in self._each_name(gateway, served)]
            except Refused:
                return False
            self._cluster.heard()
            self._replace(items, served)
            await self._pause(self._timing.poll)
        return True

    async def _each_name(self, gateway: Gateway, served: ServedKind) -> AsyncIterator[Json]:
        for name in sorted(self.want.names):
            try:
                yield await gateway.get(served, name, self.want.scope.namespace if served.namespaced else "")
            except NotFound:
                continue

    # --- the rest

    def _settle(self, state: CacheState, message: str, keys: set[ObjectKey] | None = None) -> None:
        is_news = (state, message) != (self.state, self.message)
        if state is CacheState.UNSERVED:
            keys = {self._key(place) for place in self.objects}
            self.objects = {}
        self.state, self.message = state, message
        if state is not CacheState.BLIND:
            self._failing_since = None
        if keys or is_news:
            # A scope that becomes known counts as a change even when it is empty.
            self._cluster.changed(keys or {ObjectKey(*self.want.scope, "")})

    async def _pause(self, seconds: float) -> None:
        self._kicked.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._kicked.wait()
        except TimeoutError:
            pass

    def _kept(self, obj: Json, served: ServedKind) -> Json:
        kept = trim(obj, served.group, served.kind)
        return {**kept, "apiVersion": served.api_version, "kind": served.kind}

    def _key(self, place: tuple[str, str]) -> ObjectKey:
        return ObjectKey(self.want.scope.group, self.want.scope.kind, *place)


def _place(obj: Json) -> tuple[str, str]:
    return text(dig(obj, "metadata", "namespace")), text(dig(obj, "metadata", "name"))


def _version(obj: Json | None) -> Any:
    return dig(obj, "metadata", "resourceVersion")


async def _close(stream: Any) -> None:
    close: Callable[[], Awaitable[None]] | None = getattr(stream, "aclose", None)
    if close is not None:
        await close()
