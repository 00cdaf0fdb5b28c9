"""One cancellable step of a build on an event loop of its own, while the worker's thread writes what it says.

So the database is written by one thread that never waits for the outside, and what runs outside never waits for a lock;
only when the writer falls far behind does it wait, which bounds the memory.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Emit = Callable[[bytes], None]

_WAITING_CHUNKS = 64


class Phase(Generic[T]):
    """Starts at once. `take` gives what was said since, `cancel` ends it, `result` is what it returned or raised."""

    def __init__(self, make: Callable[[Emit], Coroutine[Any, Any, T]]) -> None:
        self._make = make
        self._said: queue.Queue[bytes] = queue.Queue(_WAITING_CHUNKS)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[T] | None = None
        self._value: T | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="build-phase", daemon=True)
        self._thread.start()
        self._ready.wait()

    def take(self, seconds: float) -> bytes | None:
        """What was said next; None when nothing was for so long."""
        try:
            return self._said.get(timeout=seconds)
        except queue.Empty:
            return None

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive() and self._said.empty()

    def cancel(self) -> None:
        """Ask it to end; it does so soon, `take` must go on until `is_over`."""
        if self._loop is not None and self._task is not None:
            try:
                self._loop.call_soon_threadsafe(self._task.cancel)
            except RuntimeError:
                return  # It is over.

    def result(self) -> T:
        """Once it is over; raises what it raised, CancelledError when it was cancelled."""
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]  # T may be None

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001 - raised again by `result`, in the worker's thread
            self._error = error
        finally:
            self._ready.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._make(self._said.put))
        self._ready.set()
        self._value = await self._task
