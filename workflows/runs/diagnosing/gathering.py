"""Evidence from a cluster: the node's objects, what is around them, and the last lines of what fails.

Bounded in time and in size: what does not come in time, or may not be read, is unknown, and said to be. Secret values
stay in memory: checks see only the keys, and `hidden` is what must be taken out of what is shown.
"""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from clusters.health.pods import containers_of
from clusters.health.reading import Json, dig, entries, mapping, number, text
from clusters.kube.gateway import Busy, ClusterError, Gateway, NotFound, Refused, Unreachable, Unsupported
from clusters.types import CLUSTER_SCOPED, Need, Rights
from plugins.sdk.capabilities import Capabilities, ServedKind
from plugins.sdk.diagnosis import Owned, See
from plugins.sdk.objects import ObjectKey
from workflows.deploy.applyset import part_of
from workflows.deploy.ownership import owner_uids, uid_of
from workflows.deploy.view import View, words
from workflows.diagnose import pods as reading
from workflows.diagnose.checks.configuration import of_container, of_volumes
from workflows.diagnose.selecting import query, selector_of

SECONDS = 8.0
MOST_OBJECTS = 20
MOST_ITEMS = 300
MOST_SOURCES = 40
MOST_LOGS = 6
LINES = 20
LOG_BYTES = 16 * 1024
_LINE = 500
_MOST_JOBS = 3

_KINDS: dict[See, tuple[str, str]] = {
    See.SERVICES: ("", "Service"),
    See.ENDPOINTS: ("", "Endpoints"),
    See.CLAIMS: ("", "PersistentVolumeClaim"),
    See.CLASSES: ("storage.k8s.io", "StorageClass"),
    See.INGRESS_CLASSES: ("networking.k8s.io", "IngressClass"),
    See.NODES: ("", "Node"),
    See.POLICIES: ("networking.k8s.io", "NetworkPolicy"),
    See.QUOTAS: ("", "ResourceQuota"),
    See.AUTOSCALERS: ("autoscaling", "HorizontalPodAutoscaler"),
}
_TEMPLATED = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "ReplicationController"})
_SELECTING = frozenset({"Service", "NetworkPolicy", "PodDisruptionBudget"}) | _TEMPLATED


@dataclass(slots=True)
class Gathered:
    """What came in time. `trouble` says why nothing could be seen at all."""

    trouble: str = ""
    capabilities: Capabilities | None = None
    objects: list[Owned] = field(default_factory=list)
    # What another set has by now, and which: what became of it there is not for whoever looks here.
    taken: dict[ObjectKey, str] = field(default_factory=dict)
    pods: dict[str, Json] | None = None
    events: list[Json] = field(default_factory=list)
    listed: dict[str, tuple[Json, ...]] = field(default_factory=dict)
    named: dict[tuple[str, str], Json | None] = field(default_factory=dict)
    logs: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set, repr=False)


@dataclass(frozen=True, slots=True)
class Wish:
    """What to look at: the node's objects, what it refers to, and the kinds around, as far as `rights` go."""

    keys: Sequence[ObjectKey]
    namespace: str
    sees: frozenset[See]
    rights: Rights
    # The mark of what is the target's own.
    set_id: str
    # An object that the node only refers to.
    reference: ObjectKey | None = None
    with_logs: bool = True


async def gather(gateway: Gateway, wish: Wish, *, seconds: float = SECONDS) -> Gathered:
    """Never raises what a cluster does: what was seen until then is what there is."""
    found = Gathered()
    try:
        async with asyncio.timeout(seconds):
            await _Gatherer(gateway, wish, found).run()
    except TimeoutError:
        if not found.objects and not found.named and not found.taken:
            found.trouble = "The cluster does not answer in time."
    except ClusterError as error:
        found.trouble = f"The cluster cannot be reached: {words(error)}"
    return found


class _Gatherer:
    def __init__(self, gateway: Gateway, wish: Wish, found: Gathered) -> None:
        self.view = View(gateway)
        self.wish = wish
        self.found = found

    async def run(self) -> None:
        self.found.capabilities = await self.view.capabilities()
        keys = [key for key in self.wish.keys if self._may(key.namespace)][:MOST_OBJECTS]
        await self.view.all(self._own(key) for key in keys)
        self.found.objects.sort(key=lambda each: each.key)
        if self.wish.reference is not None:
            await self._name(self.wish.reference)
        around: list[Awaitable[None]] = [self._around(see) for see in sorted(self.wish.sees & _KINDS.keys())]
        if See.PODS in self.wish.sees:
            around.append(self._pods())
        if See.EVENTS in self.wish.sees:
            around.append(self._events())
        if See.SOURCES in self.wish.sees:
            around.append(self._sources())
        await asyncio.gather(*around)
        if See.LOGS in self.wish.sees and self.wish.with_logs and self.found.pods:
            await self._logs(list(self.found.pods.values()))

    def _may(self, namespace: str) -> bool:
        return self.wish.rights.may(Need.LOOK, namespace or CLUSTER_SCOPED)

    def _served(self, group: str, kind: str) -> ServedKind | None:
        """As it is known: what is only around the node is not worth asking the cluster again."""
        return self.found.capabilities.find(group, kind) if self.found.capabilities is not None else None

    # --- the node's own -----------------------------------------------------------------------------

    async def _own(self, key: ObjectKey) -> None:
        try:
            live = await self.view.find(key)
        except (Refused, Unsupported):
            return  # It may not be read, so nothing is known of it.
        if live is not None:
            owner = part_of(live)
            if owner not in ("", self.wish.set_id):
                self.found.taken[key] = owner
                return
            self._hide(live)
        self.found.objects.append(Owned(key, _shown(live) if live is not None else None))

    async def _name(self, key: ObjectKey) -> None:
        """One object by its name; that it is not there is worth knowing too."""
        if not self._may(key.namespace):
            return
        try:
            live = await self.view.find(key)
        except (Refused, Unsupported):
            return
        if live is not None:
            self._hide(live)
        self.found.named[key.kind, key.name] = _shown(live) if live is not None else None

    def _hide(self, live: Json) -> None:
        if live.get("kind") == "Secret":
            self.found.hidden |= _values(live)

    def _live(self) -> list[Json]:
        return [each.live for each in self.found.objects if each.live is not None]

    # --- around it ----------------------------------------------------------------------------------

    async def _around(self, see: See) -> None:
        group, kind = _KINDS[see]
        served = self._served(group, kind)
        if served is not None and self._may(self.wish.namespace if served.namespaced else CLUSTER_SCOPED):
            items, is_all = await self._list(served, self.wish.namespace)
            if is_all:
                self.found.listed[kind] = tuple(items)

    async def _list(
        self, served: ServedKind, namespace: str, *, labels: str = "", fields: str = ""
    ) -> tuple[list[Json], bool]:
        """At most MOST_ITEMS, and whether these are all."""
        head = f"/apis/{served.api_version}" if served.group else f"/api/{served.version}"
        place = f"/namespaces/{namespace}" if served.namespaced else ""
        asked = {"limit": str(MOST_ITEMS), "labelSelector": labels, "fieldSelector": fields}
        wanted = {key: value for key, value in asked.items() if value}
        try:
            page = await self.view.gateway.raw("GET", f"{head}{place}/{served.resource}", query=wanted)
        except (Refused, Unsupported, Busy):
            return [], False
        about = {"apiVersion": served.api_version, "kind": served.kind}
        items = [{**about, **item} for item in entries(page.get("items"))]
        return items, not mapping(page.get("metadata")).get("continue")

    async def _events(self) -> None:
        served = self._served("", "Event")
        if served is None or not self._may(self.wish.namespace):
            return
        items, is_all = await self._list(served, self.wish.namespace)
        if not is_all:
            names = [f"involvedObject.name={each.key.name}" for each in self.found.objects]
            lists = await asyncio.gather(*(self._list(served, self.wish.namespace, fields=each) for each in names))
            items = [*items, *(item for found, _ in lists for item in found)]
        self.found.events = list({uid_of(item): item for item in items}.values())

    async def _pods(self) -> None:
        selecting = [live for live in self._live() if live.get("kind") in _SELECTING]
        crons = [live for live in self._live() if live.get("kind") == "CronJob"]
        if not selecting and not crons:
            return
        self.found.pods = {}
        await asyncio.gather(*map(self._pods_of, selecting), *map(self._pods_of_cron, crons))

    async def _pods_of(self, live: Json) -> None:
        selector = selector_of(live)
        namespace = text(dig(live, "metadata", "namespace"))
        if selector is not None:
            await self._add_pods(namespace, query(selector), live if live.get("kind") in _TEMPLATED else None)

    async def _pods_of_cron(self, live: Json) -> None:
        """By way of its last jobs."""
        namespace = text(dig(live, "metadata", "namespace"))
        served = self._served("batch", "Job")
        if served is None or not self._may(namespace):
            return
        jobs, _ = await self._list(served, namespace)
        own = [job for job in jobs if uid_of(live) in owner_uids(job)]
        own.sort(key=lambda job: text(dig(job, "metadata", "creationTimestamp")), reverse=True)
        names = [reading.name_of(job) for job in own[:_MOST_JOBS]]
        if names:
            await self._add_pods(namespace, f"job-name in ({','.join(names)})", None)

    async def _add_pods(self, namespace: str, labels: str, owner: Json | None) -> None:
        served = self._served("", "Pod")
        if served is None or self.found.pods is None:
            return
        items, is_all = await self._list(served, namespace, labels=labels) if self._may(namespace) else ([], False)
        if not items and not is_all:
            self.found.pods = None
            return
        if owner is not None:
            # A workload's selector may mean pods of others too.
            items = [item for item in items if owner_uids(item)]
        self.found.pods |= {uid_of(item): item for item in items}

    # --- what its pods read -------------------------------------------------------------------------

    async def _sources(self) -> None:
        keys = list(dict.fromkeys(self._source_keys()))[:MOST_SOURCES]
        await self.view.all(self._name(key) for key in keys)

    def _source_keys(self) -> Iterable[ObjectKey]:
        for live in self._live():
            namespace, spec = text(dig(live, "metadata", "namespace")), reading.pod_spec(live)
            for container in reading.all_containers(spec):
                yield from (ObjectKey("", each.kind, namespace, each.name) for each in of_container(container))
            yield from (ObjectKey("", each.kind, namespace, each.name) for each in of_volumes(spec))
            for item in entries(dig(live, "spec", "tls")):
                yield ObjectKey("", "Secret", namespace, text(item.get("secretName")))
            target = mapping(dig(live, "spec", "scaleTargetRef"))
            if target:
                group = text(target.get("apiVersion")).rpartition("/")[0]
                yield ObjectKey(group, text(target.get("kind")), namespace, text(target.get("name")))

    # --- what fails says ----------------------------------------------------------------------------

    async def _logs(self, pods: list[Json]) -> None:
        wanted = [
            (pod, container.name, _is_previous(container.status))
            for pod in sorted(pods, key=lambda pod: text(dig(pod, "metadata", "creationTimestamp")), reverse=True)
            for container in containers_of(pod, ())
            if _has_failed(container.status)
        ]
        await asyncio.gather(*(self._log(*each) for each in wanted[:MOST_LOGS]))

    async def _log(self, pod: Json, container: str, is_previous: bool) -> None:
        name, namespace = reading.name_of(pod), text(dig(pod, "metadata", "namespace"))
        try:
            said = await self.view.gateway.logs(
                name, namespace, container=container, tail=LINES, previous=is_previous, limit_bytes=LOG_BYTES
            )
        except (Refused, Unsupported, Unreachable, NotFound):
            return
        lines = [line[:_LINE].rstrip() for line in said.replace("\x00", "").splitlines()]
        self.found.logs[name, container] = tuple(line for line in lines if line)[-LINES:]


def _has_failed(status: Json) -> bool:
    ended = mapping(dig(status, "state", "terminated")) or mapping(dig(status, "lastState", "terminated"))
    is_bad = bool(ended) and number(ended.get("exitCode")) != 0
    is_unready = isinstance(dig(status, "state", "running"), dict) and status.get("ready") is not True
    return is_bad or is_unready or bool(number(status.get("restartCount")))


def _is_previous(status: Json) -> bool:
    """While it waits to be started again, its last words are those of the one before."""
    is_waiting = isinstance(dig(status, "state", "waiting"), dict)
    return is_waiting and bool(mapping(dig(status, "lastState", "terminated")))


def _shown(live: Json) -> Json:
    """Without the values of a secret."""
    if live.get("kind") != "Secret":
        return live
    keys = sorted({*mapping(live.get("data")), *mapping(live.get("stringData"))})
    about = {key: live.get(key) for key in ("apiVersion", "kind", "metadata", "type")}
    return {**about, "keys": keys}


def _values(secret: Json) -> set[str]:
    found: set[str] = set()
    for value in mapping(secret.get("data")).values():
        clear = _clear(value)
        if clear:
            found.add(clear)
    return found


def _clear(value: Any) -> str:
    try:
        return base64.b64decode(text(value), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
