"""As much of HTTP/1.1 as a proxy needs: heads, and bodies by length, in chunks or to the end."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass


class TornOff(Exception):
    """The other end is gone in the midst of a message."""


@dataclass(frozen=True, slots=True)
class Message:
    """The first line and the headers."""

    line: str
    headers: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def is_chunked(self) -> bool:
        return self.get("transfer-encoding").lower() == "chunked"

    @property
    def is_last(self) -> bool:
        return self.get("connection").lower() == "close"

    def without(self, names: Iterable[str]) -> "Message":
        dropped = set(names)
        return Message(self.line, tuple(each for each in self.headers if each[0].lower() not in dropped))

    def with_length(self, length: int) -> "Message":
        rest = self.without({"transfer-encoding", "content-length"})
        return Message(self.line, (*rest.headers, ("Content-Length", str(length))))

    def encode(self) -> bytes:
        lines = [self.line, *(f"{name}: {value}" for name, value in self.headers), "", ""]
        return "\r\n".join(lines).encode("latin-1")


async def read_head(reader: asyncio.StreamReader) -> Message | None:
    """None when the connection ended before it."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise TornOff from None
        return None
    first, *others = head.decode("latin-1").split("\r\n")[:-2]
    return Message(first, tuple((name, value.strip()) for name, _, value in (each.partition(":") for each in others)))


async def read_body(reader: asyncio.StreamReader, head: Message, *, method: str = "") -> AsyncIterator[bytes]:
    """The parts of a body as they come. `method` is that of the request, where this is its answer."""
    length = head.get("content-length")
    try:
        if head.is_chunked:
            async for chunk in _chunks(reader):
                yield chunk
        elif length:
            if int(length) and method != "HEAD":
                yield await reader.readexactly(int(length))
        elif head.is_last and head.line.startswith("HTTP/"):
            while part := await reader.read(1 << 16):
                yield part
    except (asyncio.IncompleteReadError, ValueError):
        raise TornOff from None


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        size = int((await reader.readline()).split(b";")[0], 16)
        chunk = await reader.readexactly(size)
        await reader.readexactly(2)
        if not size:
            return
        yield chunk
