"""The logs of a pod, or of all pods of a workload, as server-sent events."""

import re
import time
from datetime import datetime

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from clusters.kube.gateway import ClusterError
from clusters.live.logs.pods import WITH_PODS, Subject
from clusters.live.logs.pump import Options
from clusters.live.logs.session import LogSession
from clusters.live.logs.stream import gateway_of, log_response, word_of
from clusters.resources.errors import NotForThisKind, of_cluster
from clusters.resources.selectors import get_resource, may_look
from core.api.permissions import Access
from core.errors import InvalidInput
from core.principal import Principal
from core.scopes import Scope
from realtime.threads import in_thread
from realtime.views import stream_view

MOST_TAIL = 100_000
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\Z")
_DURATION = re.compile(r"(\d{1,9})([smhd]?)\Z")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_FLAGS = {"": None, "true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@stream_view(access=Access.MEMBER, token_scopes=Scope.READ)
async def log_stream(request: HttpRequest, *, actor: Principal, id: str) -> HttpResponseBase:
    """`snapshot`, then `line` as they are written, `gap` where something could not be had, `done` at the end."""
    query = request.GET
    options = _options(query)
    pod, container = _name(query, "pod"), _name(query, "container")
    resource, _ = await in_thread(get_resource, resource_id=id, actor=actor)
    if resource.kind != "Pod" and resource.kind not in WITH_PODS:
        raise NotForThisKind("followed by its logs", resource.kind, "it has no pods")
    session = LogSession(
        gateway_of(resource.cluster_id),
        Subject(resource.kind, resource.namespace, resource.name),
        options=options,
        pod=pod,
        container=container,
        all_pods=_flag(query, "all_pods", default=False),
        cursor=word_of(request),
    )

    async def authorize() -> bool:
        return await in_thread(may_look, resource_id=id, actor=actor)

    try:
        return await log_response(request, session, authorize)
    except ClusterError as error:
        raise of_cluster(error, f"{resource.kind} {resource.name}") from None


def _options(query: QueryDict) -> Options:
    return Options(
        follow=_flag(query, "follow", default=True),
        previous=_flag(query, "previous", default=False),
        tail=_tail(query.get("tail", "")),
        since=_since(query.get("since", "")),
    )


def _flag(query: QueryDict, name: str, *, default: bool) -> bool:
    text = query.get(name, "").lower()
    if text not in _FLAGS:
        raise _refused(name, "It is true or false.")
    value = _FLAGS[text]
    return default if value is None else value


def _name(query: QueryDict, name: str) -> str:
    text = query.get(name, "")
    if text and not _NAME.match(text):
        raise _refused(name, "It is not a name.")
    return text


def _tail(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise _refused("tail", "It is a number of lines.")
    return min(int(text), MOST_TAIL)


def _since(text: str) -> int:
    """Nanoseconds since the epoch, from seconds, a duration such as 10m, or a time."""
    if not text:
        return 0
    duration = _DURATION.match(text)
    if duration:
        return max(time.time_ns() - int(duration[1]) * _UNITS[duration[2]] * 1_000_000_000, 0)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and moment.year >= 1970:
            return max(int(moment.timestamp()) * 1_000_000_000, 0)
    except (ValueError, OverflowError):
        pass
    raise _refused("since", "It is a number of seconds, a duration (10m), or a time (2026-03-24T10:00:00Z).")


def _refused(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"{field}: {message}", fields={field: [message]})
