"""The gateway to a cluster that we reach ourselves: the port's verbs as requests, objects as plain JSON."""

import gc
from collections.abc import Sequence
from typing import Any

import msgspec

from clusters.kube import logstream, paths
from clusters.kube.connection import Connection
from clusters.kube.discovery import DiscoveryCache, server_version
from clusters.kube.exec import ExecSocket, open_exec
from clusters.kube.exec import query_of as exec_query
from clusters.kube.gateway import (
    FIELD_MANAGER,
    Gateway,
    Json,
    ListPage,
    Refused,
    ResourceExpired,
    Unreachable,
    Unsupported,
)
from clusters.kube.logstream import OpenLog
from clusters.kube.network import Lookup, system_lookup
from clusters.kube.stream import OpenWatch
from clusters.kube.throttle import TokenBucket
from clusters.kube.transport import Call, Timeouts, Transport
from plugins.sdk.capabilities import Capabilities, ServedKind

PAGE = 500
MAX_PAGES = 2_000
MAX_LOG = 10 * 1024 * 1024
_RESTARTS = 2
_WATCH_GRACE = 15
# JSON is YAML, so an apply needs no YAML; this is the type that every version knows.
_APPLY = "application/apply-patch+yaml"
_PATCHES = {
    "merge": "application/merge-patch+json",
    "json": "application/json-patch+json",
    "strategic": "application/strategic-merge-patch+json",
}
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
Query = tuple[tuple[str, str], ...]


class DirectGateway(Gateway):
    """Made from a `Connection`; cheap until its first request. `close` ends its connections."""

    def __init__(
        self,
        connection: Connection,
        *,
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - frozen
        lookup: Lookup = system_lookup,
        bucket: TokenBucket | None = None,
    ) -> None:
        self.server = connection.server
        self._transport = Transport(connection, timeouts=timeouts, lookup=lookup, bucket=bucket)
        self._discovery = DiscoveryCache(self._document)

    def __repr__(self) -> str:
        return f"DirectGateway({self.server})"

    async def close(self) -> None:
        await self._transport.close()

    # --- what it is

    async def version(self) -> str:
        return await server_version(self._document)

    async def capabilities(self, *, refresh: bool = False) -> Capabilities:
        return await self._discovery.get(refresh=refresh)

    # --- reading

    async def get(self, kind: ServedKind, name: str, namespace: str = "") -> Json:
        return await self._json(Call("GET", paths.item(kind, name, namespace)))

    async def list(self, kind: ServedKind, namespace: str = "", *, labels: str = "", fields: str = "") -> ListPage:
        _need(kind, "list")
        path = paths.collection(kind, namespace)
        selectors = _selectors(labels, fields)
        for restart in range(_RESTARTS + 1):
            # The last resort is one page of everything, which cannot expire in between.
            limit: Query = (("limit", str(PAGE)),) if restart < _RESTARTS else ()
            try:
                return await self._pages(kind, path, (*limit, *selectors))
            except ResourceExpired:
                if restart == _RESTARTS:
                    raise
        raise AssertionError("unreachable")

    async def _pages(self, kind: ServedKind, path: str, query: Query) -> ListPage:
        items: list[Json] = []
        token = ""
        for _ in range(MAX_PAGES):
            more: Query = (("continue", token),) if token else ()
            page = await self._json(Call("GET", path, (*query, *more)))
            metadata = page.get("metadata") or {}
            for item in page.get("items") or []:
                # A list's items come without what they are.
                item.setdefault("apiVersion", kind.api_version)
                item.setdefault("kind", kind.kind)
                items.append(item)
            token = metadata.get("continue") or ""
            if not token:
                return ListPage(items, str(metadata.get("resourceVersion") or ""))
        raise Unreachable("The cluster's list does not end.", reason="network")

    async def watch(
        self,
        kind: ServedKind,
        namespace: str = "",
        *,
        resource_version: str,
        labels: str = "",
        fields: str = "",
        timeout_seconds: int = 290,
    ) -> OpenWatch:
        _need(kind, "watch")
        query = (
            ("watch", "true"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", resource_version),
            ("timeoutSeconds", str(timeout_seconds)),
            *_selectors(labels, fields),
        )
        call = Call("GET", paths.collection(kind, namespace), query)
        response = await self._transport.open_stream(call, silence=timeout_seconds + _WATCH_GRACE)
        return OpenWatch(response, self._transport)

    async def logs(
        self,
        pod: str,
        namespace: str,
        *,
        container: str = "",
        tail: int | None = None,
        previous: bool = False,
        limit_bytes: int | None = None,
    ) -> str:
        """As text, at most 10 MiB of it."""
        limit = min(limit_bytes or MAX_LOG, MAX_LOG)
        query = [("limitBytes", str(limit))]
        if container:
            query.append(("container", container))
        if tail is not None:
            query.append(("tailLines", str(tail)))
        if previous:
            query.append(("previous", "true"))
        path = paths.item(_POD, pod, namespace, "log")
        call = Call("GET", path, tuple(query), accept="*/*", limit=limit, truncates=True)
        return (await self._transport.request(call)).decode("utf-8", "replace")

    async def follow_logs(
        self,
        pod: str,
        namespace: str,
        *,
        container: str = "",
        follow: bool = True,
        since: str = "",
        since_seconds: int | None = None,
        tail: int | None = None,
        previous: bool = False,
    ) -> OpenLog:
        query = logstream.query_of(
            container=container,
            since=since,
            since_seconds=since_seconds,
            tail=tail,
            previous=previous,
            follow=follow,
        )
        call = Call("GET", paths.item(_POD, pod, namespace, "log"), query, accept="*/*")
        silence = logstream.SILENCE_SECONDS if follow else None
        response = await self._transport.open_stream(call, silence=silence, read_buffer=logstream.READ_BUFFER)
        return OpenLog(response, self._transport)

    async def exec(
        self,
        pod: str,
        namespace: str,
        *,
        command: Sequence[str],
        container: str = "",
        tty: bool = False,
        stdin: bool = False,
    ) -> ExecSocket:
        query = exec_query(container=container, command=tuple(command), tty=tty, stdin=stdin)
        call = Call("GET", paths.item(_POD, pod, namespace, "exec"), query, accept="*/*")
        return await open_exec(self._transport, call)

    # --- writing

    async def apply(self, kind: ServedKind, body: Json, *, force: bool = False, dry_run: bool = False) -> Json:
        name, namespace = _place(kind, body)
        query: Query = (("fieldManager", FIELD_MANAGER), ("force", "true" if force else "false"), *_dry(dry_run))
        return await self._json(Call("PATCH", paths.item(kind, name, namespace), query, body, _APPLY))

    async def create(self, kind: ServedKind, body: Json, *, dry_run: bool = False) -> Json:
        namespace = str((body.get("metadata") or {}).get("namespace") or "")
        query: Query = (("fieldManager", FIELD_MANAGER), *_dry(dry_run))
        return await self._json(Call("POST", paths.within(kind, namespace), query, body))

    async def patch(
        self,
        kind: ServedKind,
        name: str,
        namespace: str,
        patch: Any,
        *,
        patch_type: str = "merge",
        subresource: str = "",
        dry_run: bool = False,
    ) -> Json:
        if patch_type not in _PATCHES:
            raise Unsupported(f"There is no patch of the type {patch_type}.", reason="BadRequest")
        query: Query = (("fieldManager", FIELD_MANAGER), *_dry(dry_run))
        path = paths.item(kind, name, namespace, subresource)
        return await self._json(Call("PATCH", path, query, patch, _PATCHES[patch_type]))

    async def delete(
        self,
        kind: ServedKind,
        name: str,
        namespace: str = "",
        *,
        uid: str | None = None,
        resource_version: str | None = None,
        propagation: str = "Background",
        dry_run: bool = False,
    ) -> None:
        options: Json = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": propagation}
        wanted = {"uid": uid, "resourceVersion": resource_version}
        preconditions = {key: value for key, value in wanted.items() if value is not None}
        if preconditions:
            options["preconditions"] = preconditions
        if dry_run:
            options["dryRun"] = ["All"]
        await self._transport.request(Call("DELETE", paths.item(kind, name, namespace), body=options))

    async def raw(self, method: str, path: str, *, query: dict[str, str] | None = None, body: Any = None) -> Json:
        method = method.upper()
        if method not in _METHODS:
            raise Unsupported(f"There is no method {method}.", reason="MethodNotAllowed")
        return await self._json(Call(method, paths.raw(path), tuple((query or {}).items()), body))

    # --- requests

    async def _document(self, path: str, accept: str) -> Json:
        return await self._json(Call("GET", path, accept=accept))

    async def _json(self, call: Call) -> Json:
        content = await self._transport.request(call)
        try:
            document = _decoded(content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            document = None
        if not isinstance(document, dict):
            raise Unreachable("The server does not answer as a Kubernetes API server does.", reason="network")
        return document


_LARGE = 256 * 1024


def _decoded(content: bytes) -> Any:
    """Of what is being read nothing is garbage yet, and looking for some among thousands of new objects takes three
    times as long as reading them (measured). No other thread runs meanwhile."""
    if len(content) < _LARGE or not gc.isenabled():
        return msgspec.json.decode(content)
    gc.disable()
    try:
        return msgspec.json.decode(content)
    finally:
        gc.enable()


_POD = ServedKind(group="", version="v1", kind="Pod", resource="pods", namespaced=True)


def _place(kind: ServedKind, body: Json) -> tuple[str, str]:
    metadata = body.get("metadata") or {}
    name, namespace = metadata.get("name") or "", metadata.get("namespace") or ""
    if not name:
        raise Refused(f"A {kind.kind} needs a name.", reason="BadRequest")
    return str(name), str(namespace)


def _need(kind: ServedKind, verb: str) -> None:
    if kind.verbs and verb not in kind.verbs:
        raise Unsupported(f"The cluster has no {verb} for {kind.kind}.", reason="MethodNotAllowed")


def _selectors(labels: str, fields: str) -> Query:
    wanted = (("labelSelector", labels), ("fieldSelector", fields))
    return tuple((key, value) for key, value in wanted if value)


def _dry(dry_run: bool) -> Query:
    return (("dryRun", "All"),) if dry_run else ()
