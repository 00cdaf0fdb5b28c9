"""A bound on request bodies, before anything reads them: Django's ASGI handler takes in a whole body first."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from core.api.errors import error_body

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

MAX_BODY = 64 * 1024 * 1024


class _TooLarge(Exception):
    """More came than may."""


class BodyLimit:
    """An ASGI application around another: answers 413 to a body over `limit` bytes, announced or not."""

    def __init__(self, app: App, limit: int = MAX_BODY) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._announced(scope) > self.limit:
            await _refuse(send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit:
                raise _TooLarge
            return message

        try:
            await self.app(scope, counted, send)
        except _TooLarge:
            # The body is read before anything is answered, so nothing has been sent yet.
            await _refuse(send)

    @staticmethod
    def _announced(scope: dict[str, Any]) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                return int(value)
        return 0


async def _refuse(send: Send) -> None:
    body = msgspec.json.encode(error_body("The request is too large.", "too_large"))
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
