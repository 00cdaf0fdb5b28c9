"""The ASGI application: HTTP by Django, WebSockets by Channels."""

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import URLPattern, re_path  # noqa: E402

import config.celery  # noqa: E402,F401  (binds the job names)
from clusters.api.terminal_urls import websocket_urlpatterns  # noqa: E402
from config.limits import BodyLimit  # noqa: E402
from core.api.permissions import Access  # noqa: E402


async def no_such_socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Channels would answer with an exception; the server makes a 403 of a socket that is closed unopened."""
    await send({"type": "websocket.close"})


no_such_socket.access = Access.PUBLIC  # type: ignore[attr-defined]

websocket_routes: list[URLPattern] = [*websocket_urlpatterns, re_path("", cast(Any, no_such_socket))]

application = ProtocolTypeRouter({"http": BodyLimit(django_application), "websocket": URLRouter(websocket_routes)})
