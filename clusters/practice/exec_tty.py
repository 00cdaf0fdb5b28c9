"""The simulated terminal between a client and the toy shell: echo, editing of lines, signals, size.

Must not know who reads.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

Write = Callable[[bytes], Awaitable[None]]
_SPECIAL = re.compile(rb"([\x03\x04\x08\x7f\r\n])")
ROOM = 1024 * 1024


class Input:
    """Standard input: of a terminal when `echo` is given, else plain bytes."""

    def __init__(self, echo: Write | None) -> None:
        self.write = echo
        self.is_terminal = echo is not None
        self.has_echo = True
        self.columns, self.rows = 80, 24
        self.on_interrupt: Callable[[], None] = lambda: None
        self._line = bytearray()
        self._ready = bytearray()
        # Where in what is ready somebody pressed Ctrl-D.
        self._ends: list[int] = []
        self._is_closed = False
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    async def feed(self, data: bytes) -> None:
        await self._room.wait()
        if self.is_terminal:
            for part in _SPECIAL.split(data):
                if part:
                    await self._typed(part)
        else:
            self._ready += data
        if len(self._ready) > ROOM:
            self._room.clear()
        self._wake.set()

    async def _typed(self, part: bytes) -> None:
        if part == b"\x03":
            self._line.clear()
            await self._echo(b"^C")
            self.on_interrupt()
        elif part == b"\x04":
            self._ready += self._line
            self._line.clear()
            self._ends.append(len(self._ready))
        elif part in (b"\x08", b"\x7f"):
            if self._line:
                del self._line[-1:]
                await self._echo(b"\b \b")
        elif part in (b"\r", b"\n"):
            await self._echo(b"\r\n")
            self._ready += self._line + b"\n"
            self._line.clear()
        else:
            self._line += part
            await self._echo(part)

    async def _echo(self, data: bytes) -> None:
        if self.write is not None and self.has_echo:
            await self.write(data)

    def close(self) -> None:
        self._is_closed = True
        self._wake.set()
        self._room.set()

    def forget(self) -> None:
        """What was typed ahead goes when a command is interrupted."""
        self._ready.clear()
        self._ends.clear()
        self._room.set()

    async def line(self) -> bytes | None:
        """The next line with its end; None at the end of input."""
        while True:
            end = self._ready.find(b"\n") + 1
            limit = self._ends[0] if self._ends else None
            if end and (limit is None or end <= limit):
                return self._take(end)
            if limit is not None:
                found = self._take(limit)
                self._ends.pop(0)
                return found or None
            if self._is_closed:
                return self._take(len(self._ready)) or None
            self._wake.clear()
            await self._wake.wait()

    def _take(self, length: int) -> bytes:
        found = bytes(self._ready[:length])
        del self._ready[:length]
        self._ends = [end - length for end in self._ends]
        if len(self._ready) <= ROOM:
            self._room.set()
        return found

    async def everything(self) -> bytes:
        """All lines until the end of input."""
        found = bytearray()
        while (line := await self.line()) is not None:
            found += line
        return bytes(found)
