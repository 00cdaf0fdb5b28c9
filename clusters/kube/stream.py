"""A watch: events as they come, one JSON document a line, until the server or the consumer ends it."""

from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec

from clusters.kube.answers import Redactor, error_of_status
from clusters.kube.gateway import Unreachable, WatchEvent
from clusters.kube.transport import FAILURES, Transport

MAX_LINE = 32 * 1024 * 1024
_decoder = msgspec.json.Decoder(WatchEvent)


class OpenWatch:
    """Iterate over it once. `aclose` (or `async with`) gives the connection back early."""

    def __init__(self, response: aiohttp.ClientResponse, transport: Transport) -> None:
        self._response = response
        self._transport = transport
        self._rest = bytearray()
        self._lines: list[bytes] = []
        self._is_over = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> WatchEvent:
        try:
            line = await self._line()
            if line is None:
                raise StopAsyncIteration
            return _event(line)
        except FAILURES as error:
            await self.aclose()
            raise await self._transport.failure(error) from None
        except BaseException:
            await self.aclose()
            raise

    async def _line(self) -> bytes | None:
        while not self._lines:
            if self._is_over:
                return None
            part = await self._response.content.readany()
            if not part:
                self._is_over = True
                if self._rest.strip():
                    raise Unreachable("The watch broke off in the middle of an event.", reason="network")
                return None
            self._rest += part
            if b"\n" in part:
                *whole, last = bytes(self._rest).split(b"\n")
                self._lines = [line for line in reversed(whole) if line.strip()]
                self._rest = bytearray(last)
            elif len(self._rest) > MAX_LINE:
                raise Unreachable("An event of the watch is too large.", reason="network")
        return self._lines.pop()

    async def aclose(self) -> None:
        self._is_over = True
        self._lines.clear()
        self._rest.clear()
        self._response.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _event(line: bytes) -> WatchEvent:
    try:
        event = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unreachable("The watch sent something that is no event.", reason="network") from None
    if event.type == "ERROR":
        raise error_of_status(_status(event.object), Redactor())
    return event


def _status(document: Any) -> dict[str, Any]:
    return document if isinstance(document, dict) else {}
