"""GET …/pods/NAME/log: options, refusals and the stream.

Must not know where the lines come from.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from . import errors, logs, wire
from .objects import Obj, all_containers, dig, name_of, parse_time, utcnow

if TYPE_CHECKING:
    from .api import Api, Target

FOLLOW_SECONDS = 4 * 3600


@dataclass(frozen=True)
class LogOptions:
    container: str
    follow: bool
    previous: bool
    timestamps: bool
    tail: int | None
    since: dt.datetime | None
    limit: int | None

    @classmethod
    def of(cls, request: web.Request, pod_name: str) -> LogOptions:
        query = request.query
        tail, limit = wire.number(request, "tailLines"), wire.number(request, "limitBytes")
        seconds, moment = wire.number(request, "sinceSeconds"), query.get("sinceTime")
        since = parse_time(moment) if moment else None
        if moment and since is None:
            shape = "2006-01-02T15:04:05Z07:00"
            raise errors.bad_request(f'parsing time "{moment}" as "{shape}": cannot parse "{moment}" as "2006"')
        causes = []
        if seconds is not None and moment:
            text = "at most one of `sinceTime` or `sinceSeconds` may be specified"
            causes.append(errors.forbidden_value("[]", text))
        if tail is not None and tail < 0:
            causes.append(errors.invalid_value("tailLines", tail, "must be greater than or equal to 0"))
        for name, value in (("sinceSeconds", seconds), ("limitBytes", limit)):
            if value is not None and value < 1:
                causes.append(errors.invalid_value(name, value, "must be greater than 0"))
        if "stream" in query:
            causes.append(errors.forbidden_value("stream", "may not be specified"))
        if causes:
            raise errors.invalid("", "PodLogOptions", pod_name, causes)
        if seconds is not None:
            since = utcnow() - dt.timedelta(seconds=seconds)
        return cls(
            query.get("container", ""),
            wire.flag(request, "follow"),
            wire.flag(request, "previous"),
            wire.flag(request, "timestamps"),
            tail,
            since,
            limit,
        )


def pick_container(pod: Obj, asked: str) -> Obj:
    names = logs.container_names(pod)
    if not asked:
        if len(names) > 1:
            shown = " ".join(names)
            raise errors.bad_request(
                f"a container name must be specified for pod {name_of(pod)}, choose one of: [{shown}]"
            )
        asked = names[0]
    for container in all_containers(pod["spec"]):
        if container["name"] == asked:
            return container
    raise errors.bad_request(f"container {asked} is not valid for pod {name_of(pod)}")


def status_of(pod: Obj, name: str) -> Obj | None:
    for field in ("containerStatuses", "initContainerStatuses"):
        for item in dig(pod, "status", field, default=[]):
            if item["name"] == name:
                return item
    return None


_WAITING = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
    "ContainerCreating": "ContainerCreating",
}


def _run(pod: Obj, container: Obj, options: LogOptions, speed: float) -> logs.Run:
    name = container["name"]
    status = status_of(pod, name)
    run = logs.run_of(pod, container, status, speed, previous=options.previous) if status else None
    if run is not None:
        return run
    if options.previous:
        raise errors.bad_request(f'previous terminated container "{name}" in pod "{name_of(pod)}" not found')
    reason = dig(status or {}, "state", "waiting", "reason", default="ContainerCreating")
    why = _WAITING.get(reason, reason)
    raise errors.bad_request(f'container "{name}" in pod "{name_of(pod)}" is waiting to start: {why}')


async def handle(api: Api, request: web.Request, target: Target) -> web.StreamResponse:
    pod = api.rest.get(target.res, target.namespace, target.name)
    options = LogOptions.of(request, target.name)
    container = pick_container(pod, options.container)
    if not dig(pod, "spec", "nodeName"):
        return web.Response(status=204)
    run = _run(pod, container, options, api.tenant.manager.speed)
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    stream = _Stream(api, response, options, target, container["name"])
    await stream.run(run)
    await response.write_eof()
    return response


class _Stream:
    def __init__(self, api: Api, response: web.StreamResponse, options: LogOptions, target: Target, name: str) -> None:
        self.api, self.response, self.options, self.target, self.name = api, response, options, target, name
        self.left = options.limit
        self.is_full = False

    async def run(self, run: logs.Run) -> None:
        now = utcnow()
        found = list(logs.lines(run, now, self.options.since))
        if self.options.tail is not None:
            found = found[-self.options.tail :] if self.options.tail else []
        await self._send(found)
        if not self.options.follow or run.end is not None or self.options.previous:
            return
        await self._follow(run, now)

    async def _send(self, found: list[logs.Line]) -> None:
        if not found or self.is_full:
            return
        text = "".join((line.stamped() if self.options.timestamps else line.text) + "\n" for line in found)
        data = text.encode()
        if self.left is not None:
            data, self.left = data[: self.left], self.left - len(data)
            self.is_full = self.left <= 0
        await self.response.write(data)

    async def _follow(self, run: logs.Run, seen: dt.datetime) -> None:
        loop = asyncio.get_running_loop()
        subscription = self.api.rest.store.subscribe("/pods")
        try:
            end = loop.time() + FOLLOW_SECONDS
            while not self.is_full and loop.time() < end and not self.api.tenant.is_closing:
                wait = min(logs.next_line_in(run, utcnow()), 30.0)
                try:
                    await asyncio.wait_for(subscription.wake.wait(), max(wait, 0.02))
                    subscription.take()
                except TimeoutError:
                    pass
                current = self._current(run)
                now = utcnow()
                shown = current or run
                found = [x for x in logs.lines(shown, now, seen) if x.at > seen]
                seen = now
                await self._send(found)
                if current is None or current.end is not None:
                    return
        finally:
            self.api.rest.store.unsubscribe(subscription)

    def _current(self, run: logs.Run) -> logs.Run | None:
        """The same run as the pod shows it now; nothing when the pod is gone or the container was restarted."""
        pod = self.api.rest.store.get("/pods", self.target.namespace, self.target.name)
        status = status_of(pod, self.name) if pod else None
        if pod is None or status is None or pod["metadata"]["uid"] != run.pod["metadata"]["uid"]:
            return None
        current = logs.run_of(pod, run.container, status, run.speed, previous=False)
        return current if current is not None and current.restart == run.restart else None
