"""Reads one container of one pod into its lane, through restarts, broken connections and the end of the pod.

Nothing is lost silently: what could not be had is said as a gap.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from clusters.kube.gateway import Busy, ClusterError, Gateway, LogLine, NotFound, Refused
from clusters.kube.logstream import since_of
from clusters.live.logs.cursor import Position, following
from clusters.live.logs.facts import ContainerState
from clusters.live.logs.lanes import Lane
from clusters.live.logs.seek import Seek

# Of lines with the same time it must be known which one comes first, so a tail is read with some before it.
TAIL_BEFORE = 64
_SECOND = 1_000_000_000
_HELD_SECONDS = 1.0
# The state of a pod comes later than its log, by about a second.
_SETTLE_SECONDS = 3.0
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
# For how long a container may be out of reach before the reader is told.
_QUIET_SECONDS = 5.0
_DELETED = "The pod was deleted before its last lines could be read."


@dataclass(frozen=True, slots=True)
class Options:
    """What a reader asked for. `since` is in nanoseconds since the epoch."""

    follow: bool = True
    previous: bool = False
    tail: int | None = None
    since: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Which container."""

    pod: str
    uid: str
    namespace: str
    container: str


class _Restarted(Exception):
    """What was opened is the log of a later run than the one that was meant."""


class Pump:
    """`position` is where the reader was before; without one it gets what `options` say of the past."""

    def __init__(
        self,
        gateway: Callable[[], Awaitable[Gateway]],
        place: Place,
        lane: Lane,
        *,
        options: Options,
        position: Position | None,
        tell_gap: Callable[[str], None],
    ) -> None:
        """`gateway` is asked for each time, so that it may be replaced."""
        self._gateway = gateway
        self._place = place
        self._lane = lane
        self._options = options
        self._is_new = position is None
        self._position = position or Position(0, options.since, 0)
        self._tell_gap = tell_gap
        self._state = ContainerState()
        self._changed = asyncio.Event()
        # The last run that was read to its end.
        self._finished = -1
        # Whether the last read broke off, so that lines may be missing.
        self._is_broken = False
        self._opened_at = self._failing_since = 0.0
        self._has_told = False

    def update(self, state: ContainerState) -> None:
        if state != self._state:
            self._state = state
            self._changed.set()

    async def run(self) -> None:
        try:
            if self._options.previous or self._state.has_log:
                await self._until_done(self._history)
            self._lane.begin(self._position)
            self._lane.live()
            if self._options.follow and not self._options.previous:
                await self._follow()
        except NotFound:
            self._tell_gap(_DELETED)
        except Refused as error:
            self._tell_gap(f"The log cannot be read: {error.message}")
        finally:
            self._lane.end()

    # --- what was written before

    async def _history(self) -> None:
        previous = self._options.previous
        restart = self._state.restart - 1 if previous else self._state.restart
        if self._is_new:
            self._position = self._position._replace(restart=max(restart, 0))
            if self._options.tail is not None:
                await self._tail(self._options.tail, restart)
                return
        self._lane.begin(self._position)
        if not previous:
            await self._earlier_run(restart)
        await self._read(restart, previous=previous, follow=False)

    async def _tail(self, number: int, restart: int) -> None:
        """The last lines, and the place of the very last one, also when none is to be shown."""
        kept: list[LogLine] = []
        log = await (await self._gateway()).follow_logs(
            self._place.pod,
            self._place.namespace,
            container=self._place.container,
            follow=False,
            previous=self._options.previous,
            tail=number + TAIL_BEFORE,
        )
        try:
            while (batch := await log.batch()) is not None:
                kept += batch
                # More than was asked for are pieces of long lines.
                del kept[: -number - TAIL_BEFORE]
        finally:
            await log.aclose()
        cut = max(len(kept) - number, 0)
        while cut < len(kept) and kept[cut].nanos < self._options.since:
            cut += 1
        self._is_new = False
        for line in kept[:cut]:
            self._position = following(self._position, line, restart)
        self._lane.begin(self._position)
        await self._put(kept[cut:], restart)

    async def _earlier_run(self, restart: int) -> None:
        """What was written between the position's run and this one."""
        missed = restart - self._position.restart
        if missed <= 0 or (missed == 1 and self._finished == self._position.restart):
            return
        if missed > 1:
            self._tell_gap(f"The container was restarted {missed} times; only the log of its last run is kept.")
        try:
            await self._read(restart - 1, previous=True, follow=False)
        except Refused as error:
            if isinstance(error, NotFound):
                raise
            self._tell_gap("The container was restarted, and the log of the run before is not kept.")
        self._finished = restart - 1
        self._position = self._position._replace(restart=restart - 1)

    # --- what is written now

    async def _follow(self) -> None:
        pauses = 0
        while True:
            # What changes from here on is news.
            self._changed.clear()
            state = self._state
            has_read = self._finished == state.restart or not state.has_log
            if state.is_gone:
                if self._is_broken:
                    self._tell_gap(_DELETED)
                return
            if has_read and state.is_over:
                return
            if has_read and not (state.has_log and state.is_running):
                await self._changed.wait()
                continue
            came = await self._try_to_follow(state)
            pauses = 0 if came else min(pauses + 1, len(_PAUSES) - 1)
            if self._state == state:
                await self._pause(_PAUSES[pauses])

    async def _try_to_follow(self, state: ContainerState) -> bool:
        """Reads until the log ends or breaks off; whether any line came."""
        before = self._position
        try:
            await self._earlier_run(state.restart)
            await self._read(state.restart, follow=True)
            self._finished = state.restart
        except _Restarted:
            # On to the end of the run that was meant, which is the one before by now.
            self._is_broken = False
        except Refused as error:
            if error.status in (401, 403):
                raise
            # Gone, or between two runs: the watch of the pod will say which.
            self._is_broken = self._is_broken or self._finished != state.restart
        except ClusterError as error:
            self._is_broken = True
            self._note_failure(error)
        return self._position != before

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _until_done(self, read: Callable[[], Awaitable[None]]) -> None:
        """Again from where it was, while the cluster cannot be reached."""
        attempt = 0
        while True:
            try:
                await read()
                return
            except _Restarted:
                continue
            except Refused as error:
                if error.status == 400 and not self._options.previous and self._options.follow:
                    # Between two runs.
                    return
                raise
            except ClusterError as error:
                self._note_failure(error)
                await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
                attempt += 1

    def _note_failure(self, error: ClusterError) -> None:
        now = asyncio.get_running_loop().time()
        if not self._failing_since or (self._opened_at and now - self._opened_at > _QUIET_SECONDS):
            self._failing_since = now
        self._opened_at = 0.0
        if not self._has_told and now - self._failing_since > _QUIET_SECONDS:
            self._has_told = True
            why = "The cluster is busy" if isinstance(error, Busy) else "The cluster cannot be reached"
            self._tell_gap(f"{why}; reading goes on where it stopped: {error.message}")

    # --- one run

    async def _read(self, restart: int, *, follow: bool, previous: bool = False) -> None:
        """From the position to the end of what there is."""
        position = self._position
        if position.restart != restart:
            # Another run has lines of its own: those after this moment are new.
            position = Position(restart, position.nanos + bool(position.ordinal), 0)
        seek = Seek(position if position.nanos else None)
        log = await (await self._gateway()).follow_logs(
            self._place.pod,
            self._place.namespace,
            container=self._place.container,
            follow=follow,
            previous=previous,
            since=since_of(position.nanos - _SECOND) if position.nanos else "",
        )
        self._is_new = self._is_broken = False
        self._opened_at = asyncio.get_running_loop().time()
        try:
            while (batch := await log.batch(_HELD_SECONDS if seek.is_seeking else None)) is not None:
                if seek.is_seeking and not batch and not previous and self._state.restart != restart:
                    raise _Restarted
                await self._pass_on(seek.new(batch) if batch else seek.rest(), restart, seek, previous)
                if batch:
                    self._failing_since, self._has_told = 0.0, False
            await self._pass_on(seek.rest(), restart, seek, previous)
        finally:
            await log.aclose()

    async def _pass_on(self, lines: Sequence[LogLine], restart: int, seek: Seek, previous: bool) -> None:
        if seek.is_lost:
            seek.is_lost = False
            if not previous:
                await self._make_sure_of(restart)
            if self._position.ordinal:
                self._tell_gap("The log was cut at its beginning before all of it could be read.")
        if lines:
            await self._put(lines, restart)

    async def _make_sure_of(self, restart: int) -> None:
        """The line where the reader was is not in the log: that was cut, or it is that of another run."""
        self._changed.clear()
        if self._options.follow and self._state.restart == restart:
            await self._pause(_SETTLE_SECONDS)
        if self._state.restart != restart:
            raise _Restarted

    async def _put(self, lines: Sequence[LogLine], restart: int) -> None:
        if not lines:
            return
        await self._lane.put(lines, restart, self._position)
        for line in lines:
            self._position = following(self._position, line, restart)
