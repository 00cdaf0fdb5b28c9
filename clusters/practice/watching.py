"""Watches: a stream of changes with selectors, bookmarks and 410.

Must not know how changes come about.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import web

from . import tables, wire
from .objects import Obj, key_of, meta
from .reading import ListQuery
from .resources import Resource
from .store import Change, Subscription

if TYPE_CHECKING:
    from .api import Api

BOOKMARK_SECONDS = 60.0
DEFAULT_TIMEOUT = 1800
INITIAL_END = {"k8s.io/initial-events-end": "true"}


class Watch:
    """One client that follows one resource."""

    def __init__(
        self, api: Api, request: web.Request, res: Resource, namespace: str, query: ListQuery, shape: wire.Shape
    ) -> None:
        self.api, self.request, self.res = api, request, res
        self.namespace, self.query, self.shape = namespace, query, shape
        self.store = api.rest.store
        self.sent_columns = False
        self.version = self.store.version
        self.after = 0

    # --- what is sent

    def _encode(self, kind: str, obj: Obj) -> bytes:
        return wire.dumps({"type": kind, "object": self._shaped(kind, obj)}) + b"\n"

    def _shaped(self, kind: str, obj: Obj) -> Any:
        if kind == "ERROR" or (kind == "BOOKMARK" and self.shape.kind != "Table"):
            return obj
        shown = obj if kind == "BOOKMARK" else self.api.rest.present(self.res, obj)
        if self.shape.kind == "Table":
            include = self.request.query.get("includeObject", "Metadata")
            list_meta = {"resourceVersion": meta(obj).get("resourceVersion", "")}
            rows = [] if kind == "BOOKMARK" else [shown]
            found = tables.table(
                self.res, rows, list_meta, include, self.api.crd_of(self.res), with_columns=not self.sent_columns
            )
            self.sent_columns = True
            return found
        if self.shape.kind:
            return tables.partial(shown)
        return {"kind": self.res.kind, "apiVersion": self.res.api_version, **shown}

    def _bookmark(self, annotations: Obj | None = None) -> bytes:
        data: Obj = {"resourceVersion": str(self.version), "creationTimestamp": None}
        if annotations:
            data["annotations"] = annotations
        return self._encode("BOOKMARK", {"kind": self.res.kind, "apiVersion": self.res.api_version, "metadata": data})

    def _matches(self, obj: Obj | None) -> bool:
        if obj is None:
            return False
        if self.namespace and meta(obj).get("namespace") != self.namespace:
            return False
        return self.query.matches(obj)

    def _event(self, change: Change) -> bytes | None:
        was = self._matches(change.old)
        if change.type == "DELETED":
            return self._encode("DELETED", change.obj) if was else None
        now = self._matches(change.obj)
        if now:
            return self._encode("MODIFIED" if was else "ADDED", change.obj)
        if was and change.old is not None:
            # It left the selector: the state before, under the version of the change.
            data = {**change.old["metadata"], "resourceVersion": str(change.version)}
            return self._encode("DELETED", {**change.old, "metadata": data})
        return None

    # --- the stream

    def _start(self) -> tuple[Subscription, list[bytes]]:
        asked = self.query.version
        if asked in ("", "0") or self.query.initial:
            subscription = self.store.subscribe(self.res.storage_key)
            first: list[bytes] = []
            if self.query.initial is not False:
                found = [o for o in self.store.select(self.res.storage_key, self.namespace) if self._matches(o)]
                first = [self._encode("ADDED", o) for o in sorted(found, key=key_of)]
            if self.query.initial and self.query.bookmarks:
                first.append(self._bookmark(INITIAL_END))
            return subscription, first
        # From a version of the future there is silence until it comes, which is what clients see of a real server.
        self.after = int(asked)
        return self.store.subscribe(self.res.storage_key, int(asked)), []

    def _too_old(self) -> bytes | None:
        asked = self.query.version
        if asked in ("", "0") or self.query.initial or int(asked) >= self.store.oldest:
            return None
        text = f"too old resource version: {asked} ({self.store.oldest + 1})"
        status = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": text,
            "reason": "Expired",
            "code": 410,
        }
        return self._encode("ERROR", status)

    async def run(self) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "application/json", "Cache-Control": "no-cache, private"}
        )
        response.enable_chunked_encoding()
        await response.prepare(self.request)
        old = self._too_old()
        if old is not None:
            await response.write(old)
            await response.write_eof()
            return response
        subscription, first = self._start()
        try:
            for line in first:
                await response.write(line)
            await self._follow(response, subscription)
        except (ConnectionError, asyncio.CancelledError):
            if self.api.tenant.is_closing:
                return response
            raise
        finally:
            self.store.unsubscribe(subscription)
        await response.write_eof()
        return response

    async def _follow(self, response: web.StreamResponse, subscription: Subscription) -> None:
        loop = asyncio.get_running_loop()
        timeout = DEFAULT_TIMEOUT if self.query.timeout is None else self.query.timeout
        end = loop.time() + (timeout or DEFAULT_TIMEOUT)
        last_words = end - 1.0 if timeout > 2 else end
        mark = loop.time() + BOOKMARK_SECONDS
        while (left := end - loop.time()) > 0 and not self.api.tenant.is_closing:
            until = min(end, mark, last_words if last_words > loop.time() else end)
            try:
                await asyncio.wait_for(subscription.wake.wait(), max(until - loop.time(), 0.01))
            except TimeoutError:
                if self.query.bookmarks and (loop.time() >= mark or left > 0):
                    self.version = max(self.version, self.store.version)
                    await response.write(self._bookmark())
                mark = loop.time() + BOOKMARK_SECONDS
                continue
            if subscription.is_cut:
                return
            for change in subscription.take():
                if change.version <= self.after:
                    continue
                self.version = change.version
                line = self._event(change)
                if line is not None:
                    await response.write(line)


async def watch(
    api: Api, request: web.Request, res: Resource, namespace: str, query: ListQuery, shape: wire.Shape
) -> web.StreamResponse:
    return await Watch(api, request, res, namespace, query, shape).run()
