"""One resource as server-sent events."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from clusters.api.resource_serializers import resource_out
from clusters.resources import selectors
from clusters.resources.events import render, stream_of
from clusters.resources.looking import note_watching
from core.api.permissions import Access
from core.principal import Principal
from core.scopes import Scope
from realtime import services as realtime
from realtime.sse import event_stream
from realtime.threads import in_thread
from realtime.views import stream_view

Json = dict[str, Any]


@stream_view(access=Access.MEMBER, token_scopes=Scope.READ)
async def resource_stream(request: HttpRequest, *, actor: Principal, id: str) -> HttpResponseBase:
    """`snapshot`, then `resource`, `event` and `deleted` as they happen. While it is open the mirror goes on."""

    def look() -> bool:
        row, seen = selectors.get_resource(resource_id=id, actor=actor)
        note_watching(resource_id=row.pk, seen=seen, actor=actor)
        return True

    def read() -> Json:
        return {"resource": resource_out(*selectors.get_resource(resource_id=id, actor=actor))}

    async def snapshot() -> tuple[Json, int]:
        return await in_thread(realtime.snapshot_at, stream_of(id), read)

    async def authorize() -> bool:
        return await in_thread(look)

    # Who may not see it gets a 404 before the stream begins.
    await authorize()
    return event_stream(request, stream=stream_of(id), snapshot=snapshot, render=render, authorize=authorize)
