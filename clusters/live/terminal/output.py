"""What a shell has written and how much of it its person has had. Bounded: a full one stops the shell, not the memory.

Positions are counted in bytes since the beginning.
"""

import asyncio
import base64
from typing import Any

MOST_UNSENT = 1024 * 1024
KEPT = 256 * 1024
CHUNK = 32 * 1024
Json = dict[str, Any]


class Output:
    def __init__(self) -> None:
        self._bytes = bytearray()
        self._base = 0
        self.sent = 0
        self.is_ended = False
        self._came = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    @property
    def head(self) -> int:
        return self._base + len(self._bytes)

    async def put(self, data: bytes) -> None:
        """Waits while too much is unsent."""
        while self.head - self.sent >= MOST_UNSENT and not self.is_ended:
            self._room.clear()
            await self._room.wait()
        self._bytes += data
        self._came.set()

    def end(self) -> None:
        self.is_ended = True
        self._came.set()
        self._room.set()

    def wake(self) -> None:
        self._came.set()

    def rewind(self, position: int | None) -> int:
        """Where somebody who comes back goes on: where they say, as far as it is kept, else behind what was sent."""
        if position is not None and position <= self.head:
            self.sent = max(position, self._base)
        return self.sent

    def confirm(self, position: int) -> None:
        """All before `position` was sent."""
        self.sent = max(self.sent, min(position, self.head))
        spare = self.sent - self._base - KEPT
        if spare > CHUNK:
            del self._bytes[:spare]
            self._base += spare
        if self.head - self.sent < MOST_UNSENT:
            self._room.set()

    async def wait(self, position: int) -> None:
        """Until there is something after `position`, or somebody wakes the reader."""
        if self.head <= position and not self.is_ended:
            self._came.clear()
            await self._came.wait()

    def frame(self, position: int) -> Json | None:
        """What follows `position`, as a frame; None when there is nothing yet."""
        start = position - self._base
        data = bytes(self._bytes[start : start + CHUNK])
        cut = incomplete(data)
        if cut and not (self.is_ended and position + len(data) == self.head):
            data = data[:-cut]
        if not data:
            return None
        frame: Json = {"type": "output", "data": data.decode("utf-8", "replace"), "seq": position + len(data)}
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            # Exactly what was written, for whoever can use it.
            frame["base64"] = base64.b64encode(data).decode("ascii")
        return frame


def incomplete(data: bytes) -> int:
    """How many bytes at the end begin a character whose rest is still to come."""
    for back in range(1, min(3, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 == 0x80:
            continue
        length = 2 if byte & 0xE0 == 0xC0 else 3 if byte & 0xF0 == 0xE0 else 4 if byte & 0xF8 == 0xF0 else 1
        return back if length > back else 0
    return 0
