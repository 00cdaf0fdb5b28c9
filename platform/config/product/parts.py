"""The parts of the embedded product: each has a way to end, and a time within which it must have."""

import asyncio
import logging
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

logger = logging.getLogger(__name__)

Stop = Callable[[], Awaitable[None]]
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Parts:
    """Ends its parts in the reverse order of their start, also when one of them fails or takes too long."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._parts: list[tuple[str, Stop, float]] = []

    def add(self, name: str, stop: Stop, *, seconds: float) -> None:
        """`seconds` is the most that this part may take for its end."""
        self._parts.append((name, stop, seconds))

    async def stop(self) -> None:
        """All of them together take no longer than was agreed."""
        deadline = time.monotonic() + self._seconds
        while self._parts:
            name, stop, seconds = self._parts.pop()
            try:
                async with asyncio.timeout(max(min(seconds, deadline - time.monotonic()), 0.1)):
                    await stop()
            except TimeoutError:
                logger.info("part_left_behind", extra={"part": name})
            except Exception:
                logger.exception("part_failed_to_stop", extra={"part": name})


@contextmanager
def on_stop_signal(handle: Callable[[], None]) -> Iterator[None]:
    """Call `handle`, on the running loop, at each Ctrl-C or SIGTERM; nothing else happens by them any more.

    They stay without effect after the end: whoever asked to stop needs no traceback from what is left to do.
    """
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, handle)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_IGN)
