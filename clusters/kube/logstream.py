"""A container's log as it grows: lines with their times, in the order in which they were written.

Bounded: a line longer than MAX_LINE comes in pieces, and nothing is read before somebody asks for it. Must not know
what a reader has seen before.
"""

import asyncio
import calendar
import time
from functools import lru_cache
from typing import Any

import aiohttp
import msgspec

from clusters.kube.transport import FAILURES, Transport

MAX_LINE = 256 * 1024
READ_BUFFER = 32 * 1024
# Nothing tells a quiet log from a connection that is dead; after this long it is opened anew, from where it was.
SILENCE_SECONDS = 240.0
_NANOS = 1_000_000_000


class LogLine(msgspec.Struct, frozen=True, gc=False):
    """`time` as the cluster wrote it and `nanos` since the epoch; 0 for a line that came without one."""

    nanos: int
    time: str
    text: str


class OpenLog:
    """Ask for batches until there is none. `aclose` gives the connection back early."""

    def __init__(self, response: aiohttp.ClientResponse, transport: Transport) -> None:
        self._response = response
        self._transport = transport
        self._rest = bytearray()
        # The time of a line of which pieces were given out already.
        self._unfinished: bytes | None = None
        self._is_over = False

    async def batch(self, seconds: float | None = None) -> list[LogLine] | None:
        """The lines that came meanwhile; none after `seconds` without any; None at the end of the log."""
        while not self._is_over:
            try:
                async with asyncio.timeout(seconds) as scope:
                    part = await self._response.content.readany()
            except TimeoutError as error:
                if scope.expired():
                    return []
                raise await self._broken(error) from None
            except FAILURES as error:
                raise await self._broken(error) from None
            lines = self._lines(part) if part else self._last()
            if lines:
                return lines
        return None

    def _lines(self, part: bytes) -> list[LogLine]:
        self._rest += part
        lines: list[LogLine] = []
        if b"\n" in part:
            *whole, last = bytes(self._rest).split(b"\n")
            self._rest = bytearray(last)
            lines = [self._line(line) for line in whole]
        while len(self._rest) > MAX_LINE:
            lines.append(self._piece(bytes(self._rest[:MAX_LINE])))
            del self._rest[:MAX_LINE]
        return lines

    def _last(self) -> list[LogLine]:
        """What stands after the last line break, once the log has ended."""
        self._is_over = True
        self._response.close()
        rest, self._rest = bytes(self._rest), bytearray()
        return [self._line(rest)] if rest else []

    def _line(self, raw: bytes) -> LogLine:
        if self._unfinished is not None:
            raw, self._unfinished = self._unfinished + b" " + raw, None
        return parse_line(raw)

    def _piece(self, raw: bytes) -> LogLine:
        if self._unfinished is None:
            self._unfinished = raw.partition(b" ")[0]
        else:
            raw = self._unfinished + b" " + raw
        return parse_line(raw)

    async def _broken(self, error: BaseException) -> Exception:
        await self.aclose()
        return await self._transport.failure(error)

    async def aclose(self) -> None:
        self._is_over = True
        self._rest.clear()
        self._response.close()


def parse_line(raw: bytes) -> LogLine:
    """`<time> <text>` as the cluster sends it. The text is kept as it is, but for what is no UTF-8."""
    head, _, text = raw.partition(b" ")
    try:
        written = head.decode("ascii")
        nanos = nanos_of(written)
    except (ValueError, OverflowError):
        # A word of the node about the log itself.
        return LogLine(0, "", raw.decode("utf-8", "replace"))
    return LogLine(nanos, written, text.decode("utf-8", "replace"))


def nanos_of(written: str) -> int:
    """Nanoseconds since the epoch, of an RFC 3339 time with up to nine digits of a fraction."""
    whole, rest = _seconds(written[:19]), written[19:]
    fraction, zone = 0, rest
    if rest[:1] == ".":
        digits = len(rest) - 1
        for index, character in enumerate(rest[1:]):
            if not character.isdigit():
                digits = index
                break
        fraction, zone = int(rest[1 : 1 + digits].ljust(9, "0")[:9]), rest[1 + digits :]
    if zone not in ("Z", "z"):
        whole -= _offset(zone)
    return whole * _NANOS + fraction


@lru_cache(maxsize=256)
def _seconds(text: str) -> int:
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%S"))


@lru_cache(maxsize=64)
def _offset(zone: str) -> int:
    if len(zone) != 6 or zone[0] not in "+-" or zone[3] != ":":
        raise ValueError(zone)
    seconds = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return -seconds if zone[0] == "-" else seconds


def since_of(nanos: int) -> str:
    """The second of a moment, for `sinceTime`, which has no finer one."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(max(0, nanos) // _NANOS))


def query_of(
    *, container: str, since: str, since_seconds: int | None, tail: int | None, previous: bool, follow: bool
) -> tuple[tuple[str, str], ...]:
    wanted: dict[str, Any] = {
        "container": container,
        "timestamps": "true",
        "follow": "true" if follow else "",
        "previous": "true" if previous else "",
        "sinceTime": since,
        "sinceSeconds": "" if since_seconds is None else str(since_seconds),
        "tailLines": "" if tail is None else str(tail),
    }
    return tuple((name, value) for name, value in wanted.items() if value)
