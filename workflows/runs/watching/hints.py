"""Hearing that a workflow's stream has grown: a run has begun, gone on or ended, in this process or in another."""

import asyncio
from collections.abc import Callable, Sequence

from django.conf import settings

from clusters.live.interests import WANTED
from realtime import wakeups
from workflows.runs.events import stream_of
from workflows.runs.watching.showing import is_writing

_PREFIX = stream_of("")


class Hints:
    """Calls `on_hint`, from any thread, whenever what is deployed may have changed. A hint may be lost, so look now
    and then without one too."""

    def __init__(self, on_hint: Callable[[], None]) -> None:
        self._on_hint = on_hint
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        wakeups.listen(self._heard)
        if settings.REDIS_URL:
            self._task = asyncio.get_running_loop().create_task(wakeups.receive_forever(settings.REDIS_URL))

    async def stop(self) -> None:
        wakeups.unlisten(self._heard)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def _heard(self, streams: Sequence[str]) -> None:
        if not is_writing() and any(name == WANTED or name.startswith(_PREFIX) for name in streams):
            self._on_hint()
