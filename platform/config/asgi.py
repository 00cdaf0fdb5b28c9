"""The ASGI application: HTTP by Django; WebSockets are routed here when terminals arrive."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import URLPattern  # noqa: E402

import config.celery  # noqa: E402,F401  (binds the job names)
from config.limits import BodyLimit  # noqa: E402

websocket_routes: list[URLPattern] = []

application = ProtocolTypeRouter({"http": BodyLimit(django_application), "websocket": URLRouter(websocket_routes)})
