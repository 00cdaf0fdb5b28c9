"""One shell in a container and whoever looks on: it lives on the cluster loop and outlives its socket for a minute.

Must not know sockets: they attach with a number, read frames from a position, and detach.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from clusters.kube.gateway import ClusterError, Exec, Exit, Gateway
from clusters.live.terminal import registry, shells
from clusters.live.terminal.output import Output
from clusters.live.terminal.records import Outcome, Visit, record_closed, record_opened
from core.principal import Principal
from realtime.threads import in_thread

logger = logging.getLogger(__name__)

Json = dict[str, Any]
DETACHED_SECONDS = 60.0
RECHECK_SECONDS = 25.0
MARK_SECONDS = 3.0
MOST_INPUT = 1024 * 1024
MOST_CELLS = 1000

# Why a terminal ended, for the person and for the record.
REASONS = {
    "left": "You left.",
    "expired": "Nobody came back to this terminal in time.",
    "revoked": "You may no longer use this terminal.",
    "taken_over": "This terminal was opened again elsewhere.",
    "shutdown": "Sailcloth is being stopped.",
    "lost": "The connection to the container was lost.",
}


class TerminalSession:
    """`open`, then attach; `close` from anywhere, once or more."""

    def __init__(
        self,
        gateway: Callable[[], Awaitable[Gateway]],
        where: shells.Container,
        *,
        resource_id: str,
        describe: Callable[[str, str, datetime], Visit],
        may_stay: Callable[[], Awaitable[bool]],
        actor: Principal,
    ) -> None:
        """`describe` makes the record of (session id, shell, start); `may_stay` is asked again and again."""
        self.id = registry.new_id()
        self.actor = actor
        self.resource_id = resource_id
        self.where = where
        self.shell = ""
        self.output = Output()
        self.exit: Exit | None = None
        self.end_reason = ""
        self._gateway = gateway
        self._describe = describe
        self._may_stay = may_stay
        self._visit: Visit | None = None
        self._exec: Exec | None = None
        self._started: shells.Started | None = None
        self._marked = asyncio.Event()
        self._input: asyncio.Queue[bytes] = asyncio.Queue()
        self._unread = 0
        self._room = asyncio.Event()
        self._size = (80, 24)
        self._attachment = 0
        self._expiry: asyncio.TimerHandle | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._closing: asyncio.Task[None] | None = None
        self._bytes_in = self._bytes_out = 0

    # --- beginning

    async def open(self, shell: str = "", size: tuple[int, int] | None = None) -> None:
        """Finds a shell and starts it. Raises `NoShell`, `TooMany` and the errors of the port."""
        registry.add(self)
        try:
            gateway = await self._gateway()
            self.shell = await shells.find_shell(gateway, self.where, shell)
            self._size = size or self._size
            visit = self._describe(self.id, self.shell, timezone.now())
            await in_thread(record_opened, visit=visit, actor=self.actor)
            self._visit = visit
            self._exec = await shells.start_shell(gateway, self.where, self.shell)
            await self._exec.resize(*self._size)
        except BaseException as error:
            if not isinstance(error, registry.TooMany):
                await self.close("failed")
            raise
        self._tasks = [asyncio.create_task(each()) for each in (self._read, self._write, self._recheck)]

    async def _read(self) -> None:
        """From the shell to the output, without the mark that it makes at its start."""
        assert self._exec is not None
        opening: bytes | None = b""
        reason = "exited"
        try:
            while (part := await self._exec.read()) is not None:
                data = part[1]
                if opening is not None:
                    found = shells.read_mark(opening + data)
                    if found is None:
                        opening += data
                        continue
                    self._started, data = found
                    opening = None
                    self._marked.set()
                self._bytes_out += len(data)
                if data:
                    await self.output.put(data)
            self.exit = self._exec.exit
            if self.exit is None or self.exit.reason == "lost":
                reason = "lost"
            if opening:
                await self.output.put(opening)
        except ClusterError:
            reason = "lost"
        self._close_soon(reason)

    async def _write(self) -> None:
        """From the person to the shell, once that is up: what comes earlier would be shown twice."""
        assert self._exec is not None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(MARK_SECONDS):
                await self._marked.wait()
        try:
            while True:
                data = await self._input.get()
                await self._exec.write(data)
                self._unread -= len(data)
                self._room.set()
        except ClusterError:
            # Reading finds out as well, and says so.
            return

    async def _recheck(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                is_allowed = await self._may_stay()
            except Exception:
                # Not to know is no reason to stay.
                logger.exception("terminal_recheck_failed")
                is_allowed = False
            if not is_allowed:
                self._close_soon("revoked")

    # --- whoever looks on

    def attach(self, after: int | None = None) -> tuple[int, int]:
        """The number of the attachment and the position from which to read; whoever was attached before is told."""
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        self._attachment += 1
        self.output.wake()
        return self._attachment, self.output.rewind(after)

    def detach(self, attachment: int) -> None:
        """The socket is lost: somebody may come back for a minute."""
        if attachment == self._attachment and self._closing is None:
            loop = asyncio.get_running_loop()
            self._expiry = loop.call_later(DETACHED_SECONDS, self._close_soon, "expired")

    async def next(self, attachment: int, position: int) -> Json | None:
        """The next frame after `position`, all before having been sent; None when there will be none: then
        `end_reason` says why, and `is_attached` whether this attachment was taken over."""
        while attachment == self._attachment:
            self.output.confirm(position)
            frame = self.output.frame(position)
            if frame is not None:
                return frame
            if self.output.is_ended:
                return None
            await self.output.wait(self.output.head)
        return None

    def is_attached(self, attachment: int) -> bool:
        return attachment == self._attachment

    async def write(self, data: bytes) -> None:
        """Waits while the shell takes nothing and much is waiting already."""
        while self._unread > MOST_INPUT and self._closing is None:
            self._room.clear()
            await self._room.wait()
        self._bytes_in += len(data)
        self._unread += len(data)
        self._input.put_nowait(data)

    async def resize(self, columns: int, rows: int) -> None:
        self._size = (max(1, min(columns, MOST_CELLS)), max(1, min(rows, MOST_CELLS)))
        if self._exec is not None and self._closing is None:
            with contextlib.suppress(ClusterError):
                await self._exec.resize(*self._size)

    # --- end

    def _close_soon(self, reason: str) -> None:
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close(reason))

    async def close(self, reason: str) -> None:
        """Ends the shell; the reason of the first who says so counts."""
        self._close_soon(reason)
        assert self._closing is not None
        await asyncio.shield(self._closing)

    async def _close(self, reason: str) -> None:
        self.end_reason = reason
        if self._expiry is not None:
            self._expiry.cancel()
        has_exited = self.exit is not None and self.exit.reason != "lost"
        if self._exec is not None and not has_exited and reason != "lost":
            # Whoever leaves at once leaves a shell that has not said yet by what it can be ended.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(MARK_SECONDS):
                    await self._marked.wait()
        if reason != "exited":
            self.output.end()
        self._room.set()
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        try:
            if self._exec is not None:
                await self._end_shell(has_exited)
        finally:
            self.output.end()
            await self._record(reason)
            # Whoever reads the end of its output does so from the session; only coming back is over.
            registry.remove(self)

    async def _end_shell(self, has_exited: bool) -> None:
        assert self._exec is not None
        closing = asyncio.create_task(self._exec.aclose())
        if not has_exited and self._started is not None:
            try:
                gateway = await self._gateway()
                await shells.kill_shell(
                    gateway, self.where, self.shell, self._started, is_sure=self.end_reason != "lost"
                )
            except ClusterError as error:
                logger.warning("terminal_shell_left_behind", extra={"reason": error.reason})
        await closing

    async def _record(self, reason: str) -> None:
        if self._visit is None:
            return
        code = self.exit.code if self.exit is not None else None
        outcome = Outcome(timezone.now(), self._bytes_in, self._bytes_out, reason, code)
        try:
            await in_thread(record_closed, visit=self._visit, outcome=outcome, actor=self.actor)
        except Exception:
            logger.exception("terminal_not_recorded")
