"""A log session as server-sent events: on the web server's loop, while the session lives on the cluster loop.

Asks again whether the reader may still look, says something when nothing comes, and ends when the reader leaves.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from django.http import HttpRequest, StreamingHttpResponse

from clusters.kube import loop
from clusters.kube.gateway import ClusterError, Gateway, Unreachable
from clusters.live.logs.session import LogSession
from clusters.services import gateway_for
from core.errors import AppError
from realtime.credentials import is_still_valid
from realtime.sse import KEEPALIVE, KEEPALIVE_SECONDS, RECHECK_SECONDS, REVOKED, STREAM_HEADERS, retry_line
from realtime.threads import in_thread, release_request_thread

logger = logging.getLogger(__name__)

START_SECONDS = 15.0
_LONGEST_WORD = 8_000
Authorize = Callable[[], Awaitable[bool]]


def gateway_of(cluster_id: str) -> Callable[[], Awaitable[Gateway]]:
    """Asks for the gateway of a cluster anew each time, for what outlives a change of its credentials."""

    async def ask() -> Gateway:
        try:
            return await in_thread(gateway_for, cluster_id)
        except AppError as error:
            raise Unreachable(error.message, reason="network") from None

    return ask


def word_of(request: HttpRequest) -> str:
    """Where the reader was: by header, or in the query."""
    word = request.headers.get("Last-Event-ID") or request.GET.get("last_event_id") or ""
    return word if len(word) <= _LONGEST_WORD else ""


async def log_response(request: HttpRequest, session: LogSession, authorize: Authorize) -> StreamingHttpResponse:
    """The response, once the session has begun. Raises `ClusterError` when there is nothing to begin with."""
    try:
        await loop.wait(_start(session))
    except BaseException:
        loop.submit(session.close())
        raise
    response = StreamingHttpResponse(_frames(request, session, authorize), content_type="text/event-stream")
    for name, value in STREAM_HEADERS.items():
        response[name] = value
    return response


async def _start(session: LogSession) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            await session.start()
    except TimeoutError:
        raise Unreachable("The cluster did not answer in time.", reason="timeout") from None


async def _frames(request: HttpRequest, session: LogSession, authorize: Authorize) -> AsyncIterator[bytes]:
    release_request_thread()
    now = asyncio.get_running_loop().time
    sent_at = checked_at = now()
    try:
        yield retry_line()
        while True:
            pause = min(sent_at + KEEPALIVE_SECONDS, checked_at + RECHECK_SECONDS) - now()
            chunk = await loop.wait(session.next(max(pause, 0)))
            if now() >= checked_at + RECHECK_SECONDS:
                if not await _may(request, authorize):
                    yield REVOKED
                    return
                checked_at = now()
            if chunk is None:
                return
            if not chunk and now() >= sent_at + KEEPALIVE_SECONDS:
                # With the position: what was read to its end has left it.
                chunk = f"id: {session.word}\n".encode() + KEEPALIVE
            if chunk:
                yield chunk
                sent_at = now()
    except ClusterError as error:
        logger.info("log_stream_interrupted", extra={"reason": error.reason})
    finally:
        loop.submit(session.close())


async def _may(request: HttpRequest, authorize: Authorize) -> bool:
    try:
        return await is_still_valid(request) and await authorize()
    except AppError:
        return False
