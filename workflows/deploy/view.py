"""A cluster as a run sees it: reads that forgive what is not there, and a bound on how much happens at
once."""

import asyncio
import re
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from clusters.kube.gateway import ClusterError, Gateway, NotFound, Refused, Unsupported
from plugins.sdk.capabilities import Capabilities, ServedKind
from plugins.sdk.objects import ObjectKey
from workflows.deploy.applyset import Extent, split_group_kind
from workflows.deploy.inventory import NAMESPACE

Json = dict[str, Any]
T = TypeVar("T")

# As many as the gateway has connections for.
AT_ONCE = 16
SECRET = ObjectKey("", "Secret", "", "")


class View:
    """One cluster during one run. Kinds are looked up in its discovery, and once more when one is unknown."""

    def __init__(self, gateway: Gateway, *, at_once: int = AT_ONCE) -> None:
        self.gateway = gateway
        self._slots = asyncio.Semaphore(at_once)
        self._capabilities: Capabilities | None = None
        self._unknown: set[tuple[str, str, str | None]] = set()
        self._lists: dict[tuple[ServedKind, str, str, str], asyncio.Future[list[Json]]] | None = None

    async def capabilities(self, *, refresh: bool = False) -> Capabilities:
        if self._capabilities is None or refresh:
            self._capabilities = await self.gateway.capabilities(refresh=refresh)
        return self._capabilities

    async def kind(self, group: str, kind: str, version: str | None = None) -> ServedKind | None:
        """The served kind; one that is unknown makes us ask the cluster again, once for each."""
        found = (await self.capabilities()).find(group, kind, version)
        if found is None and (group, kind, version) not in self._unknown:
            self._unknown.add((group, kind, version))
            found = (await self.capabilities(refresh=True)).find(group, kind, version)
        return found

    def forget_unknown(self) -> None:
        """Kinds were made: what was not served may be by now."""
        self._unknown.clear()

    async def find(self, key: ObjectKey, version: str | None = None) -> Json | None:
        """The live object; None when it, its namespace or its kind is not there."""
        served = await self.kind(key.group, key.kind, version)
        return await self.read(served, key.name, key.namespace) if served else None

    async def read(self, served: ServedKind, name: str, namespace: str) -> Json | None:
        try:
            return await self.gateway.get(served, name, namespace)
        except NotFound:
            return None

    async def listing(
        self, served: ServedKind, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> list[Json]:
        """Items complete with apiVersion and kind, which a server leaves out in lists."""
        if self._lists is None:
            return await self._listed(served, namespace, labels, fields)
        key = (served, namespace, labels, fields)
        if key not in self._lists:
            self._lists[key] = asyncio.ensure_future(self._listed(served, namespace, labels, fields))
        return await self._lists[key]

    async def _listed(self, served: ServedKind, namespace: str, labels: str, fields: str) -> list[Json]:
        page = await self.gateway.list(served, namespace, labels=labels, fields=fields)
        return [{**item, "apiVersion": served.api_version, "kind": served.kind} for item in page.items]

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Within it each list is asked for once, whoever wants it: for one look that has many questions."""
        self._lists = {}
        try:
            yield
        finally:
            left, self._lists = self._lists, None
            for each in left.values():
                each.cancel()

    async def listing_or_none(
        self, served: ServedKind | None, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> list[Json]:
        """For what helps but is not needed: empty when this identity may not list it."""
        if served is None:
            return []
        try:
            return await self.listing(served, namespace, labels=labels, fields=fields)
        except (Refused, Unsupported):
            return []

    async def all(self, coroutines: Iterable[Awaitable[T]]) -> list[T]:
        """All of them, a few at a time; the first error is raised after all have ended."""

        async def bounded(awaitable: Awaitable[T]) -> T:
            async with self._slots:
                return await awaitable

        results = await asyncio.gather(*(bounded(item) for item in coroutines), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [result for result in results if not isinstance(result, BaseException)]

    async def members(self, set_id: str, part_of_label: str, extent: Extent) -> tuple[list[Json], list[str]]:
        """Everything in `extent` that carries the set's label, and the kinds that could not be listed."""
        places: list[tuple[ServedKind, str]] = []
        for text in extent.kinds:
            group, kind = split_group_kind(text)
            served = await self.kind(group, kind)
            if served is not None:
                places += [(served, name) for name in (extent.namespaces if served.namespaced else ("",))]
        blind: list[str] = []

        async def listed(served: ServedKind, namespace: str) -> list[Json]:
            try:
                return await self.listing(served, namespace, labels=f"{part_of_label}={set_id}")
            except (Refused, Unsupported) as error:
                if not isinstance(error, NotFound):
                    blind.append(served.kind)
                return []

        found = await self.all(listed(served, namespace) for served, namespace in places)
        return [item for items in found for item in items], sorted(set(blind))

    async def namespace(self, name: str) -> tuple[Json | None, bool]:
        """The namespace, and whether we may look at all: some credentials see only what is inside of
        theirs."""
        served = await self.kind(*NAMESPACE)
        if served is None:
            return None, False
        try:
            return await self.read(served, name, ""), True
        except Refused:
            return None, False


# Before the reason of a refusal servers print the refused value, which may be a whole pod.
_DUMP = re.compile(r"Invalid value: (?:&?[\w.*\[\]]+\{.*\}|\{.{60,}\}|\[.{60,}\]): ", re.DOTALL)
_CAUSES = 3


def words(error: ClusterError) -> str:
    """The server's own words, as a sentence."""
    text = _invalid(error) or error.message.strip() or error.reason
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _invalid(error: ClusterError) -> str:
    """What is wrong with which field, for a person; "" when the server gave no causes."""
    causes = _causes_of(error)
    if error.status != 422 or not causes:
        return ""
    parts = [f"{cause.get('field') or 'it'}: {_DUMP.sub('', str(cause.get('message')))}" for cause in causes]
    more = f" (and {len(parts) - _CAUSES} more)" if len(parts) > _CAUSES else ""
    return f"{error.details.get('kind')} {error.details.get('name')} is invalid: {'; '.join(parts[:_CAUSES])}{more}"


def fields_of(error: ClusterError) -> list[str]:
    """The fields that a refusal is about, as the server writes them; empty when it gave no causes."""
    return [str(cause.get("field")) for cause in _causes_of(error)]


def _causes_of(error: ClusterError) -> list[Json]:
    return [cause for cause in error.details.get("causes") or [] if isinstance(cause, dict)]
