"""An import as server-sent events."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.api.permissions import Access
from core.errors import NotFound
from core.principal import Principal
from core.scopes import Scope
from imports.api.serializers import import_out
from imports.events import ending_of, render, stream_of
from imports.models import ImportStatus
from imports.selectors import get_import
from realtime import services as realtime
from realtime.sse import event_stream
from realtime.threads import in_thread
from realtime.views import stream_view

Json = dict[str, Any]


@stream_view(access=Access.MEMBER, token_scopes=Scope.READ)
async def import_stream(request: HttpRequest, *, actor: Principal, import_id: str) -> HttpResponseBase:
    """`snapshot`, `progress` as it goes on, and `done` with the analysis."""

    def read() -> Json:
        return import_out(get_import(import_id=import_id, actor=actor))

    async def snapshot() -> tuple[Json, int]:
        return await in_thread(realtime.snapshot_at, stream_of(import_id), read)

    def look() -> bool:
        try:
            get_import(import_id=import_id, actor=actor)
        except NotFound:
            return False
        return True

    async def authorize() -> bool:
        return await in_thread(look)

    def ended() -> Json | None:
        session = get_import(import_id=import_id, actor=actor)
        if session.status == ImportStatus.ANALYZING:
            return None
        return {**ending_of(session), "analysis": session.analysis}

    async def is_done() -> Json | None:
        return await in_thread(ended)

    await in_thread(read)  # The 404 before the stream begins.
    return event_stream(
        request,
        stream=stream_of(import_id),
        snapshot=snapshot,
        render=render,
        authorize=authorize,
        is_done=is_done,
    )
