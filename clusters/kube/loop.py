"""This process's one cluster loop: a daemon thread on which everything that speaks to clusters runs.

Sync code anywhere (a task, a service) calls `run`; code on another event loop awaits `wait`. Must not know
what runs here.
"""

import asyncio
import contextlib
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, TypeVar

from clusters.kube.gateway import Unreachable

T = TypeVar("T")
# How long a coroutine that was told to end may take for it, before its caller leaves without it.
_GRACE = 5.0


class _ClusterLoop:
    """The thread, its loop, and what is to be closed before both end."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.loop = asyncio.new_event_loop()
        self.closers: list[Callable[[], Awaitable[None]]] = []
        self.thread = threading.Thread(target=self._serve, name="cluster-loop", daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        _here.cluster_loop = self
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            self.loop.close()

    async def wind_up(self) -> None:
        """Ends what still runs, then closes what was opened; what does not want to end is left behind."""
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others, timeout=_GRACE)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE):
                await asyncio.gather(*(close() for close in self.closers), return_exceptions=True)
                await self.loop.shutdown_asyncgens()


# Set on the cluster loop's own thread alone.
_here = threading.local()
_lock = threading.Lock()
_current: _ClusterLoop | None = None


def _cluster_loop() -> _ClusterLoop:
    """Started on first use. A forked child has the parent's object but not its thread, so it starts its own."""
    global _current
    with _lock:
        if _current is None or _current.pid != os.getpid() or not _current.thread.is_alive():
            _current = _ClusterLoop()
        return _current


def is_current() -> bool:
    """Whether the caller is on the cluster loop already, and should await rather than `run`."""
    return hasattr(_here, "cluster_loop")


def submit(coroutine: Coroutine[Any, Any, T]) -> "Future[T]":
    """Start `coroutine` on the cluster loop from any thread; cancelling the future cancels it there."""
    try:
        return asyncio.run_coroutine_threadsafe(coroutine, _cluster_loop().loop)
    except BaseException:
        coroutine.close()
        raise


def run(coroutine: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
    """Run `coroutine` on the cluster loop and wait for what it returns or raises.

    After `timeout` seconds it is cancelled and `Unreachable` (reason timeout) raised. On the cluster loop
    itself waiting would never end, so that is refused.
    """
    if is_current():
        coroutine.close()
        raise RuntimeError("run() was called on the cluster loop itself; await the coroutine there")
    future = submit(_bounded(coroutine, timeout))
    try:
        return future.result(None if timeout is None else timeout + _GRACE)
    except FutureTimeout as error:
        if future.done():
            raise  # The coroutine's own.
        future.cancel()
        raise _timed_out(timeout) from error
    except BaseException:
        # An interrupted wait (Ctrl-C) must not leave the work behind; a finished one is not touched by this.
        future.cancel()
        raise


async def wait(coroutine: Coroutine[Any, Any, T]) -> T:
    """Await `coroutine`, which runs on the cluster loop, from whatever loop the caller is on."""
    if is_current():
        return await coroutine
    return await asyncio.wrap_future(submit(coroutine))


def at_stop(close: Callable[[], Awaitable[None]]) -> None:
    """Have `close` awaited when the loop is stopped. Called on the cluster loop; elsewhere it does nothing."""
    if is_current():
        _here.cluster_loop.closers.append(close)


def forget(close: Callable[[], Awaitable[None]]) -> None:
    """What was registered with `at_stop` has been closed already."""
    if is_current():
        with contextlib.suppress(ValueError):
            _here.cluster_loop.closers.remove(close)


def stop() -> None:
    """End what runs, close every connection, end the thread. The next `run` starts a new one."""
    global _current
    if is_current():
        raise RuntimeError("stop() was called on the cluster loop itself")
    with _lock:
        ending, _current = _current, None
    if ending is None or ending.pid != os.getpid() or not ending.thread.is_alive():
        return
    with contextlib.suppress(FutureTimeout):
        asyncio.run_coroutine_threadsafe(ending.wind_up(), ending.loop).result(3 * _GRACE)
    ending.loop.call_soon_threadsafe(ending.loop.stop)
    ending.thread.join(_GRACE)


async def _bounded(coroutine: Coroutine[Any, Any, T], seconds: float | None) -> T:
    scope = asyncio.timeout(seconds)
    try:
        async with scope:
            return await coroutine
    except TimeoutError as error:
        if scope.expired():
            raise _timed_out(seconds) from error
        raise


def _timed_out(seconds: float | None) -> Unreachable:
    return Unreachable(f"The cluster did not answer within {seconds or 0:g} seconds.", reason="timeout")
