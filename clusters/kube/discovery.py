"""What a cluster serves: aggregated discovery where there is one, else one document per group and version.

A pure reading of documents; the requests are made by a function that is handed in.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

from clusters.kube.gateway import Busy, Json, NotFound, Refused, Unreachable
from plugins.sdk.capabilities import Capabilities, ServedKind

# Fetches one document: a path and what to accept.
Fetch = Callable[[str, str], Awaitable[Json]]

MAX_KINDS = 10_000
_PLAIN = "application/json"
_AGGREGATED = (
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
    f"{_PLAIN}"
)


async def discover(fetch: Fetch) -> Capabilities:
    """Core first, then the groups as the cluster orders them, each with its preferred version first."""
    core, groups, version = await asyncio.gather(
        fetch("/api", _AGGREGATED), fetch("/apis", _AGGREGATED), server_version(fetch)
    )
    kinds = [*await _kinds(core, fetch, is_core=True), *await _kinds(groups, fetch, is_core=False)]
    if not kinds:
        raise Unreachable("The server does not answer as a Kubernetes API server does.", reason="network")
    return Capabilities(version=version, kinds=tuple(dict.fromkeys(kinds))[:MAX_KINDS])


async def server_version(fetch: Fetch) -> str:
    """Such as `v1.36.2`; empty where it may not be read."""
    try:
        document = await fetch("/version", _PLAIN)
    except Refused as error:
        if error.status == 401:
            raise
        return ""
    text = document.get("gitVersion")
    return text[:60] if isinstance(text, str) else ""


async def _kinds(document: Json, fetch: Fetch, *, is_core: bool) -> list[ServedKind]:
    if document.get("kind") == "APIGroupDiscoveryList":
        return list(_aggregated(document))
    places = list(_core_versions(document) if is_core else _group_versions(document))
    lists = await asyncio.gather(*(_resource_list(fetch, group, version) for group, version in places))
    return [
        kind for (group, version), found in zip(places, lists, strict=True) for kind in _plain(found, group, version)
    ]


def _aggregated(document: Json) -> Iterator[ServedKind]:
    for group in _mappings(document.get("items")):
        name = _text((group.get("metadata") or {}).get("name"))
        for version in _mappings(group.get("versions")):
            for resource in _mappings(version.get("resources")):
                yield ServedKind(
                    group=name,
                    version=_text(version.get("version")),
                    kind=_text((resource.get("responseKind") or {}).get("kind")),
                    resource=_text(resource.get("resource")),
                    namespaced=resource.get("scope") == "Namespaced",
                    verbs=_verbs(resource),
                )


def _core_versions(document: Json) -> Iterator[tuple[str, str]]:
    versions = document.get("versions")
    for version in versions if isinstance(versions, list) else []:
        yield "", _text(version)


def _group_versions(document: Json) -> Iterator[tuple[str, str]]:
    for group in _mappings(document.get("groups")):
        preferred = (group.get("preferredVersion") or {}).get("version")
        found = [_text(entry.get("version")) for entry in _mappings(group.get("versions"))]
        for version in sorted(found, key=lambda version: version != preferred):
            yield _text(group.get("name")), version


async def _resource_list(fetch: Fetch, group: str, version: str) -> Json:
    """Empty when the server of one group is down: the others are still served."""
    path = f"/apis/{group}/{version}" if group else f"/api/{version}"
    try:
        return await fetch(path, _PLAIN)
    except (Busy, NotFound):
        return {}


def _plain(document: Json, group: str, version: str) -> Iterator[ServedKind]:
    for resource in _mappings(document.get("resources")):
        name = _text(resource.get("name"))
        if "/" in name:
            continue
        yield ServedKind(
            group=group,
            version=version,
            kind=_text(resource.get("kind")),
            resource=name,
            namespaced=resource.get("namespaced") is True,
            verbs=_verbs(resource),
        )


def _verbs(resource: Json) -> tuple[str, ...]:
    verbs = resource.get("verbs")
    return tuple(str(verb) for verb in verbs) if isinstance(verbs, list) else ()


def _mappings(value: Any) -> Iterable[Json]:
    return (entry for entry in value if isinstance(entry, dict)) if isinstance(value, list) else ()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


class DiscoveryCache:
    """The capabilities of one cluster, asked for once, however many want them at the same time."""

    def __init__(self, fetch: Fetch, *, seconds: float = 600.0) -> None:
        self._fetch = fetch
        self._seconds = seconds
        self._known: Capabilities | None = None
        self._known_since = 0.0
        self._asking: asyncio.Task[Capabilities] | None = None
        self._asking_since = 0.0

    async def get(self, *, refresh: bool) -> Capabilities:
        """With `refresh` what the cluster serves from now on: an answer to an earlier question does not count,
        since it may miss what was made in between."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        since = now if refresh else now - self._seconds
        while self._known is None or self._known_since < since:
            asking = self._asking
            if asking is None or asking.done() or asking.get_loop() is not loop:
                return await self._ask(loop.time())
            if not refresh or self._asking_since >= since:
                return await asyncio.shield(asking)
            await asyncio.wait([asking])
        return self._known

    async def _ask(self, now: float) -> Capabilities:
        self._asking_since = now
        self._asking = asyncio.ensure_future(self._answer(now))
        # One who gives up waiting does not take the answer from the others.
        return await asyncio.shield(self._asking)

    async def _answer(self, now: float) -> Capabilities:
        found = await discover(self._fetch)
        self._known, self._known_since = found, now
        return found
