"""Routes of streams."""

from django.urls import URLPattern

from core.api.routes import route
from workflows.api.stream_views import status_stream

urlpatterns: list[URLPattern] = [route("workflows/:workflow_id/status/stream", status_stream)]
