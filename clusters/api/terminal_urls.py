"""Routes of logs and terminals: under /v1/api/, and sockets under the whole path."""

from django.urls import URLPattern

from clusters.api.log_views import log_stream
from clusters.api.terminal_consumer import TerminalConsumer
from clusters.api.terminal_views import terminal
from core.api.routes import route

urlpatterns: list[URLPattern] = [
    route("resources/:id/logs/stream", log_stream, "resource-logs-stream"),
    route("resources/:id/exec/terminal", terminal, "resource-terminal"),
]
websocket_urlpatterns: list[URLPattern] = [
    route("v1/api/resources/:id/exec/terminal", TerminalConsumer.as_asgi(), "resource-terminal-socket")
]
