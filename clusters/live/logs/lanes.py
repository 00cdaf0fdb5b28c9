"""Many logs made into one, in the order of time: a lane for each, bounded, and the merge over them.

A lane that is behind holds the others back, but only for as long as its patience lasts. Must not know where lines
come from.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from clusters.kube.gateway import LogLine
from clusters.live.logs.cursor import Position, following

MOST_LINES = 2_000
MOST_CHARACTERS = 512 * 1024
# For how long a line waits for an earlier one of another container.
LIVE_PATIENCE = 0.1
HISTORY_PATIENCE = 2.0


class Batch:
    """Lines as they came together: of which run of the container, after which position, and when."""

    __slots__ = ("after", "came_at", "lines", "next", "restart")

    def __init__(self, lines: Sequence[LogLine], restart: int, after: Position, came_at: float) -> None:
        self.lines, self.restart, self.after, self.came_at, self.next = lines, restart, after, came_at, 0


class Lane:
    """What one container has written and the reader has not had."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._batches: deque[Batch] = deque()
        self._lines = 0
        self._characters = 0
        self._room = asyncio.Event()
        self.patience = HISTORY_PATIENCE
        self.is_ended = False
        # That of the last line taken.
        self.position: Position | None = None

    def begin(self, position: Position) -> None:
        """Where its first line will follow on."""
        if self.position is None:
            self.position = position
            self._wake()

    async def put(self, lines: Sequence[LogLine], restart: int, after: Position) -> None:
        """Waits while the reader is too far behind."""
        while self.is_full:
            self._room.clear()
            await self._room.wait()
        self._batches.append(Batch(lines, restart, after, asyncio.get_running_loop().time()))
        self._lines += len(lines)
        self._characters += sum(len(line.text) for line in lines)
        self._wake()

    @property
    def is_full(self) -> bool:
        return self._lines >= MOST_LINES or self._characters >= MOST_CHARACTERS

    @property
    def head(self) -> Batch | None:
        return self._batches[0] if self._batches else None

    @property
    def time(self) -> int:
        """Of the next line; one without a time has that of the line before."""
        batch = self._batches[0]
        return batch.lines[batch.next].nanos or (self.position or batch.after).nanos

    def take(self) -> LogLine:
        """The next line; `position` is then that of it."""
        batch = self._batches[0]
        line = batch.lines[batch.next]
        before = batch.after if batch.next == 0 or self.position is None else self.position
        self.position = following(before, line, batch.restart)
        batch.next += 1
        self._lines -= 1
        self._characters -= len(line.text)
        if batch.next == len(batch.lines):
            self._batches.popleft()
            self._room.set()
        return line

    def end(self) -> None:
        self.is_ended = True
        self._wake()

    def live(self) -> None:
        """What was written before is here; from now on it comes as it is written."""
        self.patience = LIVE_PATIENCE
        self._wake()


class Next(NamedTuple):
    """The lane whose line is next, or how long to wait until one may be; neither when nothing is there."""

    lane: Lane | None = None
    wait: float | None = None
    # Up to which time its lines may follow without looking at the others again.
    until: int = 0


_FOREVER = 1 << 63


def next_lane(lanes: Sequence[Lane], now: float) -> Next:
    """The earliest line of all, unless somebody may still have an earlier one."""
    best: Lane | None = None
    until = _FOREVER
    for lane in lanes:
        if lane.head is None:
            continue
        if best is None or lane.time < best.time:
            until = best.time if best is not None else until
            best = lane
        else:
            until = min(until, lane.time)
    if best is None or best.head is None:
        return Next()
    if any(lane.is_full for lane in lanes):
        return Next(best, None, until)
    waited = now - best.head.came_at
    wait = max((lane.patience - waited for lane in lanes if lane.head is None and not lane.is_ended), default=0.0)
    return Next(None, wait) if wait > 0 else Next(best, None, until)
