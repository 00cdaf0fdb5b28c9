"""Server-sent events over the outbox: snapshot, changes, resumption, revocation and end.

A stream holds no database connection while it waits, and no thread: it is a generator on the event loop and a
position in the hub's memory.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import DatabaseError
from django.http import HttpRequest, StreamingHttpResponse

from core.errors import AppError
from realtime import selectors
from realtime.credentials import is_still_valid
from realtime.hub import Subscription, current_hub
from realtime.threads import in_thread, release_request_thread
from realtime.types import Frame, SlowClient, StreamEvent

logger = logging.getLogger(__name__)

RETRY_MILLISECONDS = 3000
KEEPALIVE_SECONDS = 15.0
RECHECK_SECONDS = 25.0
_RENDERS_KEPT = 4
_MAX_CURSOR = 2**63 - 1

Render = Callable[[StreamEvent], tuple[str, Any] | None]
Snapshot = Callable[[], Awaitable[tuple[Any, int]]]
Authorize = Callable[[], Awaitable[bool]]
Personal = Callable[[StreamEvent], Awaitable[Render] | None]
IsDone = Callable[[], Awaitable[Any | None]]

_encoder = msgspec.json.Encoder(enc_hook=str)


def event_stream(
    request: HttpRequest,
    *,
    stream: str,
    snapshot: Snapshot,
    render: Render,
    authorize: Authorize,
    is_done: IsDone | None = None,
    personal: Personal | None = None,
) -> StreamingHttpResponse:
    """The response of a stream.

    `snapshot` gives the whole state and the cursor up to which it holds (`services.snapshot_at`). `render`
    turns an event into a name and data, or None when it is not for this client; pass the same function for
    all clients where possible, then an event is encoded once. An event named `done` ends the stream.
    `personal` gives a rendering of this client's own for the few events of which not all may read the same.
    `is_done` gives the data of `done` when the subject had already ended before the client came, else None.
    `authorize` is asked again while it goes on.
    """
    session = _Session(stream, snapshot, render, _with_credential(request, authorize), is_done, personal)
    response = StreamingHttpResponse(session.frames(last_event_id(request)), content_type="text/event-stream")
    for name, value in STREAM_HEADERS.items():
        response[name] = value
    return response


# A proxy that buffers, and a middleware that compresses, would both hold events back.
STREAM_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no", "Content-Encoding": "identity"}


def last_event_id(request: HttpRequest) -> int | None:
    """Where the client was: by header, as browsers do, or in the query. None when it comes for the first
    time."""
    text = request.headers.get("Last-Event-ID") or request.GET.get("last_event_id") or ""
    if not (text.isascii() and text.isdigit()) or len(text) > 19:
        return None
    value = int(text)
    return value if value <= _MAX_CURSOR else None


def encode_frame(name: str, data: Any, ident: int | str | None = None) -> bytes:
    """One event on the wire. JSON has no line breaks, so its data is one line."""
    head = f"id: {ident}\nevent: {name}\ndata: " if ident is not None else f"event: {name}\ndata: "
    return head.encode() + _encoder.encode(data) + b"\n\n"


def retry_line() -> bytes:
    return f"retry: {RETRY_MILLISECONDS}\n\n".encode()


KEEPALIVE = b": keep-alive\n\n"
REVOKED = encode_frame("revoked", {"reason": "You may no longer see this."})


@dataclass(slots=True)
class _Session:
    stream: str
    snapshot: Snapshot
    render: Render
    authorize: Authorize
    is_done: IsDone | None
    personal: Personal | None = None

    async def frames(self, last_id: int | None) -> AsyncIterator[bytes]:
        release_request_thread()
        yield retry_line()
        try:
            position = last_id
            where = await in_thread(selectors.position, self.stream)
            if position is None or not where.can_resume(position):
                first, position = await self._first()
                yield first
                del first  # A stream stays for hours, and the state of a workflow may be large.
            async with current_hub().subscribe(self.stream, position) as subscription:
                ending = await self._ending()
                async for chunk in self._live(subscription, ending):
                    yield chunk
        except SlowClient as slow:
            # It has its position: it reconnects and goes on from there.
            logger.info("stream_slow_client", extra={"stream": self.stream, "reason": str(slow)})
        except DatabaseError as error:
            # Likewise; better an end that the client notices than a silence that it does not.
            logger.warning("stream_interrupted", extra={"stream": self.stream, "error": str(error)})

    async def _first(self) -> tuple[bytes, int]:
        state, position = await self.snapshot()
        return encode_frame("snapshot", state, position), position

    async def _ending(self) -> tuple[int, Any] | None:
        """For a subject that has ended: the last cursor to send, and the data of `done`."""
        data = await self.is_done() if self.is_done else None
        if data is None:
            return None
        return (await in_thread(selectors.position, self.stream)).head, data

    async def _live(self, subscription: Subscription, ending: tuple[int, Any] | None) -> AsyncIterator[bytes]:
        now = asyncio.get_running_loop().time
        sent_at = checked_at = now()
        while ending is None or subscription.position < ending[0]:
            pause = min(sent_at + KEEPALIVE_SECONDS, checked_at + RECHECK_SECONDS) - now()
            events = await subscription.next(max(pause, 0))
            if now() >= checked_at + RECHECK_SECONDS:
                # Before anything more is sent.
                if not await self._is_authorized():
                    yield REVOKED
                    return
                checked_at = now()
            frames = [await self._frame(event) for event in events]
            last = next((index for index, frame in enumerate(frames) if frame.is_last), None)
            chunk = b"".join(frame.data for frame in frames[: None if last is None else last + 1])
            if not chunk and now() >= sent_at + KEEPALIVE_SECONDS:
                chunk = KEEPALIVE
            if chunk:
                yield chunk
                sent_at = now()
            if last is not None:
                return
        yield encode_frame("done", ending[1], subscription.position)

    async def _is_authorized(self) -> bool:
        try:
            return await self.authorize()
        except AppError:
            return False

    async def _frame(self, event: StreamEvent) -> Frame:
        own = self.personal(event) if self.personal else None
        if own is not None:
            return _encoded(event, await own)
        frame = event.frames.get(self.render)
        if frame is None:
            frame = _encoded(event, self.render)
            if len(event.frames) < _RENDERS_KEPT:
                event.frames[self.render] = frame
        return frame


def _encoded(event: StreamEvent, render: Render) -> Frame:
    rendered = render(event)
    if rendered is None:
        return Frame(b"")
    name, data = rendered
    return Frame(encode_frame(name, data, event.cursor), is_last=name == "done")


def _with_credential(request: HttpRequest, authorize: Authorize) -> Authorize:
    """The right to the object, and the sign-in with which the stream was opened: both must still hold."""

    async def check() -> bool:
        return await is_still_valid(request) and await authorize()

    return check
