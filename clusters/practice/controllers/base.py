"""The loop that runs all controllers of one tenant, driven by the store's changes and by timers.

Must not know any controller in particular.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from clusters.practice.errors import ApiError
from clusters.practice.events import Recorder
from clusters.practice.objects import Key, Obj, clone, controller_of, key_of, name_of, namespace_of
from clusters.practice.options import CONTROLLER, Deletion, Options
from clusters.practice.resources import BY_KEY, Resource
from clusters.practice.rest import Rest
from clusters.practice.store import Change, Store

log = logging.getLogger(__name__)
RETRY_SECONDS = 1.0
MAX_RETRIES = 5
BATCH = 50


class Controller:
    """One controller: which keys a change concerns, and what to do about a key."""

    name = ""
    resource = ""  # whose every change is its concern
    is_first = False  # runs once before the first request is answered

    def __init__(self, manager: Manager) -> None:
        self.manager = manager
        self.rest: Rest = manager.rest
        self.store: Store = manager.rest.store
        self.events: Recorder = manager.recorder

    def keys(self, change: Change) -> Iterable[Key]:
        if change.resource == self.resource:
            yield key_of(change.obj)

    def reconcile(self, key: Key) -> None:
        raise NotImplementedError

    # --- for the controllers

    def get(self, resource: str, key: Key) -> Obj | None:
        return self.store.get(resource, *key)

    def after(self, key: Key, seconds: float) -> None:
        """Looks at a key again in so many real seconds."""
        self.manager.enqueue_later(self, key, seconds)

    def delay(self, seconds: float) -> float:
        """Simulated seconds as real ones."""
        return seconds * self.manager.speed

    def owners_of(self, change: Change, kind: str) -> Iterable[Key]:
        """The controller of this kind of a changed object."""
        for obj in (change.obj, change.old):
            ref = controller_of(obj) if obj else None
            if obj and ref and ref.get("kind") == kind:
                yield namespace_of(obj), str(ref["name"])

    def owned(self, owner: Obj, resource: str) -> list[Obj]:
        uid = owner["metadata"]["uid"]
        return [o for r, o in self.store.owned_by(uid) if r == resource and (controller_of(o) or {}).get("uid") == uid]

    def create(self, resource: str, obj: Obj, options: Options = CONTROLLER) -> Obj:
        res = BY_KEY[resource]
        obj = {"apiVersion": res.api_version, "kind": res.kind, **obj}
        return self.rest.create(res, namespace_of(obj), obj, options).obj

    def patch(
        self, resource: str, obj: Obj, change: Callable[[Obj], Any], options: Options = CONTROLLER, sub: str = ""
    ) -> Obj:
        """Changes an object by a function that edits a copy in place."""
        res = BY_KEY[resource]

        def edit(copy: Obj) -> Obj:
            change(copy)
            return copy

        return self.rest.update(res, namespace_of(obj), name_of(obj), edit, options, sub).obj

    def set_status(self, resource: str, obj: Obj, status: Obj, options: Options = CONTROLLER) -> Obj:
        if obj.get("status") == status:
            return obj

        def replace(copy: Obj) -> None:
            copy["status"] = clone(status)

        return self.patch(resource, obj, replace, options, "status")

    def delete(self, resource: str, obj: Obj, how: Deletion | None = None) -> None:
        try:
            self.rest.delete(BY_KEY[resource], namespace_of(obj), name_of(obj), how or Deletion("Background"))
        except ApiError as error:
            if error.code != 404:
                raise

    def resource_of(self, key: str) -> Resource | None:
        return BY_KEY.get(key) or next((r for r in self.rest.resources() if r.key == key), None)


Work = tuple[Controller, Key]


class Manager:
    """Runs the controllers of one tenant in one task."""

    def __init__(self, rest: Rest, recorder: Recorder, speed: float) -> None:
        self.rest, self.recorder, self.speed = rest, recorder, speed
        self.controllers: list[Controller] = []
        self.ca_pem = ""
        self._queue: dict[Work, None] = {}
        self._timers: dict[Work, asyncio.TimerHandle] = {}
        self._failures: dict[Work, int] = {}
        self._wake = asyncio.Event()
        self._seen: dict[tuple[str, str], float] = {}
        self._task: asyncio.Task[None] | None = None
        self._subscription = rest.store.subscribe(None)

    def start(self) -> None:
        for resource in list(self.rest.store.objects):
            for obj in self.rest.store.select(resource):
                self._dispatch(Change(0, "ADDED", resource, obj, None))
        # Namespaces get their account before anybody can ask for a pod.
        for work in [w for w in self._queue if w[0].is_first]:
            del self._queue[work]
            self._work(work)
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self.rest.store.unsubscribe(self._subscription)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def enqueue(self, controller: Controller, key: Key) -> None:
        self._queue[(controller, key)] = None
        self._wake.set()

    def enqueue_later(self, controller: Controller, key: Key, seconds: float) -> None:
        work = (controller, key)
        loop = asyncio.get_running_loop()
        when = loop.time() + max(seconds, 0.001)
        known = self._timers.get(work)
        if known is not None:
            if known.when() <= when:
                return
            known.cancel()
        self._timers[work] = loop.call_at(when, self._due, work)

    def age_of(self, uid: str, purpose: str) -> float:
        """Real seconds since this was first asked about this object for this purpose."""
        now = time.monotonic()
        if len(self._seen) > 2000:
            self._seen.clear()
        return now - self._seen.setdefault((uid, purpose), now)

    def _due(self, work: Work) -> None:
        self._timers.pop(work, None)
        self.enqueue(*work)

    def _dispatch(self, change: Change) -> None:
        for controller in self.controllers:
            for key in controller.keys(change):
                self._queue[(controller, key)] = None

    async def _run(self) -> None:
        while True:
            for change in self._subscription.take():
                self._dispatch(change)
            if self._subscription.is_cut:
                self._resync()
            if not self._queue:
                self._wake.clear()
                await self._idle()
                continue
            for work in list(self._queue)[:BATCH]:
                del self._queue[work]
                self._work(work)
            await asyncio.sleep(0)

    async def _idle(self) -> None:
        """Waits for a change or a timer."""
        waits = [
            asyncio.ensure_future(self._wake.wait()),
            asyncio.ensure_future(self._subscription.wake.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _resync(self) -> None:
        self._subscription.is_cut = False
        for resource in list(self.rest.store.objects):
            for obj in self.rest.store.select(resource):
                self._dispatch(Change(0, "MODIFIED", resource, obj, obj))

    def _work(self, work: Work) -> None:
        controller, key = work
        try:
            controller.reconcile(key)
        except ApiError as error:
            self._retry(work, error)
        except Exception as error:
            log.exception("the %s controller failed on %s", controller.name, key)
            self._retry(work, error)
        else:
            self._failures.pop(work, None)

    def _retry(self, work: Work, error: Exception) -> None:
        count = self._failures.get(work, 0) + 1
        self._failures[work] = count
        if count <= MAX_RETRIES:
            self.enqueue_later(*work, RETRY_SECONDS * self.speed * 2**count)
        else:
            self._failures.pop(work, None)
            log.warning("the %s controller gave up on %s: %s", work[0].name, work[1], error)
