"""The status of a workflow as server-sent events."""

from collections.abc import Awaitable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.api.permissions import Access
from core.principal import Principal
from core.scopes import Scope
from realtime import services as realtime
from realtime.sse import event_stream
from realtime.threads import in_thread
from realtime.types import StreamEvent
from realtime.views import stream_view
from workflows.runs.errors import ClusterNotShared
from workflows.runs.events import Render, is_personal, render_latest, render_target, stream_of
from workflows.runs.naming import Names, status_as_told
from workflows.runs.selectors import may_look_at, shown_target
from workflows.selectors import get_workflow

Json = dict[str, Any]


@stream_view(access=Access.MEMBER, token_scopes=Scope.READ)
async def status_stream(request: HttpRequest, *, actor: Principal, workflow_id: str) -> HttpResponseBase:
    """`snapshot`, then `run`, `node` and `log` as they happen; of one target with ?target=, else of the one on
    which the workflow ran last."""
    target_id = request.GET.get("target", "")

    names = Names(actor)
    render = render_target(target_id) if target_id else render_latest

    def personal(event: StreamEvent) -> Awaitable[Render] | None:
        return learned(event) if is_personal(event) else None

    async def learned(event: StreamEvent) -> Render:
        await in_thread(names.learn, event.payload["data"])
        return lambda event: names.in_frame(render(event))

    def read() -> Json:
        return status_as_told(workflow_id=workflow_id, target_id=target_id, actor=actor)

    async def snapshot() -> tuple[Json, int]:
        return await in_thread(realtime.snapshot_at, stream_of(workflow_id), read)

    def look() -> bool:
        names.forget()
        target, _ = shown_target(workflow=get_workflow(workflow_id=workflow_id, actor=actor), target_id=target_id)
        return target is None or may_look_at(target)

    async def authorize() -> bool:
        return await in_thread(look)

    # Who may not see it gets a 404 before the stream begins, and a 403 where it was shared and is no more.
    if not await authorize():
        raise ClusterNotShared
    return event_stream(
        request,
        stream=stream_of(workflow_id),
        snapshot=snapshot,
        render=render,
        personal=personal,
        authorize=authorize,
    )
