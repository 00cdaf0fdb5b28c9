"""One reader of the outbox per process, for all streams that somebody listens to, and for all who listen.

Each stream that is listened to keeps its newest events in memory once, whatever the number of its clients; a
client is only a position in them. One that falls out of this memory was too slow and is sent away with its
position: it comes again and reads from the database what it missed. It never sees a gap.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import groupby, islice

from django.conf import settings

from realtime import selectors, wakeups
from realtime.threads import in_thread
from realtime.types import SlowClient, StreamEvent

logger = logging.getLogger(__name__)

MEMORY = 2048  # Events kept per stream that somebody listens to.
PAGE = 256
POLL_SECONDS = 1.0


class Feed:
    """The newest events of one stream, without a gap, up to `position`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.position = -1
        self.clients = 0
        self._events: deque[StreamEvent] = deque(maxlen=MEMORY)
        self._waiting: set[asyncio.Future[None]] = set()

    def add(self, events: Sequence[StreamEvent]) -> None:
        """Events that follow; what is already known is left out."""
        fresh = [event for event in events if event.cursor > self.position]
        if not fresh:
            return
        if fresh[0].cursor != self.position + 1:
            self._events.clear()  # Pruned before we read them: whoever waits for them must come again.
        self._events.extend(fresh)
        self.position = fresh[-1].cursor
        self.wake()

    def after(self, position: int) -> list[StreamEvent] | None:
        """The next events after `position`; None when memory does not reach back that far."""
        if not self._events or self._events[0].cursor > position + 1:
            return None
        start = position + 1 - self._events[0].cursor
        return list(islice(self._events, start, start + PAGE))

    def wake(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self, seconds: float) -> None:
        """Until there is something new, at most `seconds`."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(future)


class Subscription:
    """One client's place in a stream."""

    def __init__(self, feed: Feed, after: int) -> None:
        self.position = after
        self._feed = feed
        self._is_live = False

    async def next(self, seconds: float) -> list[StreamEvent]:
        """The next events, at least one, or none after `seconds`. Raises SlowClient."""
        if self.position >= self._feed.position:
            self._is_live = True
            await self._feed.wait(seconds)
            if self.position >= self._feed.position:
                return []
        events = self._feed.after(self.position)
        if events is None:
            events = await self._catch_up()
        else:
            self._is_live = True
        self.position = events[-1].cursor
        return events

    async def _catch_up(self) -> list[StreamEvent]:
        if self._is_live:
            raise SlowClient(f"A client of {self._feed.name} at {self.position} is too slow.")
        events = await in_thread(selectors.read, stream=self._feed.name, after=self.position, limit=PAGE)
        if not events or events[0].cursor != self.position + 1:
            raise SlowClient(f"{self._feed.name} was pruned past {self.position}.")
        return events

    async def __aiter__(self) -> AsyncIterator[StreamEvent]:
        while True:
            for event in await self.next(60):
                yield event


class Hub:
    """The reader. It runs while somebody listens, on the event loop of its first subscription."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._feeds: dict[str, Feed] = {}
        self._grown: set[str] = set()
        self._woken = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def subscribe(self, stream: str, after: int) -> AsyncIterator[Subscription]:
        """Everything after the cursor `after`, from the database as long as that is behind, then live."""
        feed = self._feeds.get(stream)
        if feed is None:
            feed = self._feeds[stream] = Feed(stream)
        feed.clients += 1
        try:
            self._start()
            if feed.position < 0:
                await self._open(feed)
            yield Subscription(feed, after)
        finally:
            feed.clients -= 1
            if feed.clients == 0:
                del self._feeds[stream]
            if not self._feeds:
                self._stop()

    def feeds(self) -> list[Feed]:
        """All streams that somebody listens to."""
        return list(self._feeds.values())

    async def _open(self, feed: Feed) -> None:
        head = await in_thread(selectors.head, feed.name)
        if feed.position < 0:  # Of those who came at the same time the first sets it.
            feed.position = head
        # What was committed while we looked found no feed to tell.
        self._wake([feed.name])

    def _start(self) -> None:
        if not self._tasks:
            wakeups.listen(self._on_growth)
            self._tasks = [self._loop.create_task(self._read_forever())]
            if settings.REDIS_URL:
                self._tasks.append(self._loop.create_task(wakeups.receive_forever(settings.REDIS_URL)))

    def _stop(self) -> None:
        wakeups.unlisten(self._on_growth)
        for task in self._tasks:
            task.cancel()
        self._tasks = []
        _hubs.pop(self._loop, None)

    def _on_growth(self, streams: Sequence[str]) -> None:
        """From any thread."""
        ours = [name for name in streams if name in self._feeds]
        if ours:
            with suppress(RuntimeError):  # The loop is closed.
                self._loop.call_soon_threadsafe(self._wake, ours)

    def _wake(self, streams: Iterable[str]) -> None:
        self._grown.update(streams)
        self._woken.set()

    async def _read_forever(self) -> None:
        poll_at = 0.0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(poll_at - self._loop.time(), 0)):
                    await self._woken.wait()
            self._woken.clear()
            is_poll = self._loop.time() >= poll_at
            if is_poll:
                poll_at = self._loop.time() + POLL_SECONDS
            grown, self._grown = self._grown, set()
            positions = {feed.name: feed.position for feed in self._feeds.values() if feed.position >= 0}
            try:
                found = await in_thread(_read_new, positions, grown & positions.keys(), is_poll)
            except Exception as error:  # noqa: BLE001 - whatever it was, all streams depend on this loop
                # The next poll looks at all streams, so nothing is lost but a second.
                logger.warning("stream_read_failed", extra={"error": str(error)})
                await asyncio.sleep(POLL_SECONDS)
                continue
            self._deliver(*found)

    def _deliver(self, events: list[StreamEvent], cut: set[str]) -> None:
        for name, following in groupby(events, key=lambda event: event.stream):
            feed = self._feeds.get(name)
            if feed is not None and feed.position >= 0:
                feed.add(list(following))
        if cut:
            self._wake(cut)


def _read_new(positions: dict[str, int], grown: set[str], is_poll: bool) -> tuple[list[StreamEvent], set[str]]:
    if is_poll:
        heads = selectors.heads(sorted(positions))
        grown = {name for name, head in heads.items() if head > positions[name]} | grown
    return selectors.read_many({name: positions[name] for name in grown}, limit=PAGE)


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def current_hub() -> Hub:
    """The hub of the running loop; a process has one loop that serves streams."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
    return hub


def count_clients() -> int:
    """Open streams of this process, for the metrics; from any thread."""
    return sum(feed.clients for hub in list(_hubs.values()) for feed in hub.feeds())


def lag() -> int:
    """Committed events that were not yet read for open streams, for the metrics; one query, from any
    thread."""
    positions = {feed.name: feed.position for hub in list(_hubs.values()) for feed in hub.feeds() if feed.position >= 0}
    heads = selectors.heads(list(positions))
    return sum(max(head - positions[name], 0) for name, head in heads.items())
