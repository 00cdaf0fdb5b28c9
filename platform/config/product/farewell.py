"""Ends what browsers keep open when the web server stops, in the way a browser would: by hanging up."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class Farewell:
    """An ASGI application around another. After `hang_up` its open requests see the client disconnect: streams end
    by themselves, and none has to be cancelled with a traceback."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._over = asyncio.Event()

    def hang_up(self) -> None:
        self._over.set()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def receive_or_end() -> Message:
            news = asyncio.ensure_future(receive())
            over = asyncio.ensure_future(self._over.wait())
            try:
                await asyncio.wait({news, over}, return_when=asyncio.FIRST_COMPLETED)
                return news.result() if news.done() else {"type": "http.disconnect"}
            finally:
                news.cancel()
                over.cancel()

        await self._app(scope, receive_or_end, send)
