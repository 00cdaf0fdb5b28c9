"""A token bucket: how fast one gateway may ask, so that we are a good guest on every cluster.

Must not know what is asked.
"""

import asyncio
import time
from collections.abc import Callable

from clusters.kube.gateway import Busy


class TokenBucket:
    """`rate` requests a second on average, `burst` at once. Callers are served in their order.

    Servers protect themselves today, by priority and fairness, and are listened to (`hold`); this is for the others,
    and above what one run of a thousand objects needs.
    """

    def __init__(
        self,
        rate: float = 500.0,
        burst: int = 1000,
        *,
        longest_wait: float = 20.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval = 1.0 / rate
        self._slack = burst * self._interval
        self._longest_wait = longest_wait
        self._clock = clock
        self._next = clock() - self._slack

    async def take(self) -> None:
        """Waits for its turn; raises `Busy` at once when that would take too long."""
        now = self._clock()
        turn = max(self._next, now - self._slack)
        delay = turn + self._interval - now
        if delay > self._longest_wait:
            raise Busy("Too many requests to this cluster at once.", reason="TooManyRequests", retry_after=delay)
        self._next = turn + self._interval
        if delay > 0:
            await asyncio.sleep(delay)

    def hold(self, seconds: float) -> None:
        """The cluster asked to be left alone for so long: nobody gets a turn before that."""
        self._next = max(self._next, self._clock() + seconds)
