"""A build as server-sent events, from the first line, and its log as a file.

The stream is what the ledger wrote, event by event with its number, so whoever comes back with a number goes on right
after it, on any process and for as long as the build is kept.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from builds import selectors
from builds.api.serializers import build_out
from builds.events import stream_of
from core.api.permissions import Access
from core.errors import AppError
from core.principal import Principal
from core.scopes import Scope
from realtime import selectors as outbox
from realtime import sse
from realtime.credentials import is_still_valid
from realtime.hub import Subscription, current_hub
from realtime.threads import in_thread, release_request_thread
from realtime.types import SlowClient
from realtime.views import stream_view

logger = logging.getLogger(__name__)

Json = dict[str, Any]


@stream_view(access=Access.MEMBER, token_scopes=Scope.READ)
async def build_stream(request: HttpRequest, *, actor: Principal, id: str) -> HttpResponseBase:
    """`snapshot`, then `step`, `line` and `status` from the first on, at last `done`."""

    def read() -> Json:
        build = selectors.get_build(build_id=id, actor=actor)
        # Events up to the cursor are in the snapshot already; they come all the same, for the lines among them.
        return {"build": build_out(build), "cursor": build.cursor}

    snapshot = await in_thread(read)
    response = StreamingHttpResponse(
        _Session(request, id, read).frames(sse.last_event_id(request), snapshot), content_type="text/event-stream"
    )
    for name, value in sse.STREAM_HEADERS.items():
        response[name] = value
    return response


@stream_view(access=Access.MEMBER, token_scopes=Scope.READ)
async def build_logs(request: HttpRequest, *, actor: Principal, id: str) -> HttpResponseBase:
    """The whole log so far as text, with its colours; with ?download=1 as a file."""
    build = await in_thread(lambda: selectors.get_build(build_id=id, actor=actor))
    response = StreamingHttpResponse(_log(build.pk), content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    if request.GET.get("download"):
        response["Content-Disposition"] = f'attachment; filename="build-{build.pk}.log"'
    return response


async def _log(build_id: str) -> AsyncIterator[bytes]:
    release_request_thread()
    after = 0
    while page := await in_thread(selectors.read_stream, build_id, after):
        after = page[-1][0]
        yield "".join(f"{data['text']}\n" for _, (name, data) in page if name == "line").encode()


class _Session:
    """One reader of one build's stream; it holds no connection and no thread while it waits."""

    def __init__(self, request: HttpRequest, build_id: str, read: Callable[[], Json]) -> None:
        self._request, self._id, self._read = request, build_id, read
        self._now = asyncio.get_running_loop().time
        self._sent_at = self._checked_at = self._now()

    async def frames(self, last_id: int | None, snapshot: Json) -> AsyncIterator[bytes]:
        release_request_thread()
        yield sse.retry_line()
        head = await in_thread(outbox.head, stream_of(self._id))
        position = last_id
        if position is None or position > await in_thread(selectors.last_number, self._id):
            position = 0
            yield sse.encode_frame("snapshot", snapshot, 0)
        elif await self._ended_with(position):
            return  # Whoever heard the end misses nothing, and nothing will ever come.
        try:
            async with current_hub().subscribe(stream_of(self._id), head) as subscription:
                async for chunk in self._follow(subscription, position):
                    yield chunk
        except SlowClient as slow:
            # It has its position: it reconnects and goes on from there.
            logger.info("stream_slow_client", extra={"stream": stream_of(self._id), "reason": str(slow)})
        except DatabaseError as error:
            logger.warning("stream_interrupted", extra={"stream": stream_of(self._id), "error": str(error)})

    async def _follow(self, subscription: Subscription, position: int) -> AsyncIterator[bytes]:
        while True:
            if self._now() >= self._checked_at + sse.RECHECK_SECONDS:
                # Before anything more is sent.
                if not await self._may_read():
                    yield sse.REVOKED
                    return
                self._checked_at = self._now()
            page = await in_thread(selectors.read_stream, self._id, position)
            if page:
                position = page[-1][0]
                yield b"".join(_frames(page))
                self._sent_at = self._now()
                if any(name == "done" for _, (name, _) in page):
                    return
                continue
            if self._now() >= self._sent_at + sse.KEEPALIVE_SECONDS:
                yield sse.KEEPALIVE
                self._sent_at = self._now()
            due = min(self._sent_at + sse.KEEPALIVE_SECONDS, self._checked_at + sse.RECHECK_SECONDS)
            await subscription.next(max(due - self._now(), 0.05))

    async def _ended_with(self, position: int) -> bool:
        page = await in_thread(selectors.read_stream, self._id, position - 1)
        return any(number == position and name == "done" for number, (name, _) in page)

    async def _may_read(self) -> bool:
        try:
            await in_thread(self._read)
        except AppError:
            return False
        return await is_still_valid(self._request)


def _frames(page: list[tuple[int, tuple[str, Any]]]) -> Iterator[bytes]:
    return (sse.encode_frame(name, data, number) for number, (name, data) in page)
