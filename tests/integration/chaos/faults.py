"""What may go wrong with one request, before it reaches the server or on the way back."""

import asyncio
import json
import threading
from dataclasses import dataclass

from tests.integration.chaos.http1 import Message, TornOff

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client gets instead of the server's own. `is_last`: then the connection is closed."""

    status: int
    content: bytes
    is_last: bool = False


class Fault:
    """Nothing at all; the others derive from it. One object may strike many requests."""

    wants_answer = False

    async def before(self) -> Answer | None:
        """Called when the request is there. An answer keeps it from the server."""
        return None

    async def after(self, head: Message, body: bytes) -> Answer | None:
        """Called with the server's answer, where the fault `wants_answer`."""
        return None


class Hold(Fault):
    """One request waits, or its answer does, until the test lets it go."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, after: bool) -> None:
        self.wants_answer = after
        self._loop = loop
        self._reached = threading.Event()
        self._go = asyncio.Event()

    def wait(self) -> None:
        """Until there is a request to hold."""
        assert self._reached.wait(PATIENCE), "no such request came"

    def release(self) -> None:
        self._loop.call_soon_threadsafe(self._go.set)

    async def before(self) -> Answer | None:
        return None if self.wants_answer else await self._held()

    async def after(self, head: Message, body: bytes) -> Answer | None:
        return await self._held()

    async def _held(self) -> None:
        self._reached.set()
        await self._go.wait()


class Delay(Fault):
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    async def before(self) -> Answer | None:
        await asyncio.sleep(self.seconds)
        return None


class Cut(Fault):
    """The connection breaks off: before the server had the request, or when it had already carried it out."""

    def __init__(self, *, after: bool = False) -> None:
        self.wants_answer = after

    async def before(self) -> Answer | None:
        if not self.wants_answer:
            raise TornOff
        return None

    async def after(self, head: Message, body: bytes) -> Answer | None:
        raise TornOff


class Status(Fault):
    """The server refuses, in the way of Kubernetes."""

    def __init__(self, code: int, reason: str, message: str, *, retry_after: int = 0) -> None:
        document = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason}
        content = json.dumps({**document, "message": message, "metadata": {}}).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
        if retry_after:
            headers.append(("Retry-After", str(retry_after)))
        head = Message(f"HTTP/1.1 {code} Whatever", tuple(headers))
        self.answer = Answer(code, head.encode() + content)

    async def before(self) -> Answer | None:
        return self.answer


class HalfALine(Fault):
    """The server carries the request out, and its answer breaks off in the middle of the JSON. `honest`: it ends
    there as if that were all, else the rest of what was promised never comes."""

    wants_answer = True

    def __init__(self, *, honest: bool = False) -> None:
        self.honest = honest

    async def after(self, head: Message, body: bytes) -> Answer | None:
        half = body[: max(len(body) // 2, 1)]
        told = head.with_length(len(half) if self.honest else len(body))
        return Answer(int(head.line.split(" ", 2)[1]), told.encode() + half, is_last=True)


def too_many(retry_after: int) -> Status:
    return Status(429, "TooManyRequests", "Too many requests, please try again later.", retry_after=retry_after)


def broken() -> Status:
    return Status(500, "InternalError", "Internal error occurred: etcdserver: request timed out")


def conflict() -> Status:
    text = (
        "Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version"
    )
    return Status(409, "Conflict", text)
