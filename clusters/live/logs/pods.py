"""The pods of a subject: itself, or those of a workload, listed once and then watched.

Must not know logs.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from clusters.kube.gateway import ClusterError, Gateway, NotFound, Refused, ResourceExpired
from clusters.live.logs.facts import name_of, uid_of
from plugins.sdk.capabilities import ServedKind

Json = dict[str, Any]
POD = ServedKind(group="", version="v1", kind="Pod", resource="pods", namespaced=True)
_GROUPS = {"CronJob": "batch", "Job": "batch", "ReplicationController": "", "Service": ""}
WITH_PODS = frozenset(
    {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob", "Service"}
)
# What makes pods through objects of another kind.
_BETWEEN = {"Deployment": ("apps", "ReplicaSet"), "CronJob": ("batch", "Job")}
_BACK_OFF = (0.3, 1.0, 3.0, 10.0)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose logs: a pod, or what has pods, by its place in a cluster."""

    kind: str
    namespace: str
    name: str


class Pods:
    """`found` is what there is, by uid. `changed` is called after each change of it."""

    def __init__(self, gateway: Callable[[], Awaitable[Gateway]], subject: Subject) -> None:
        """`gateway` is asked for each time, so that it may be replaced."""
        self._gateway = gateway
        self._subject = subject
        self._labels = ""
        self._fields = ""
        self._owner = ""
        self._owners: set[str] | None = None
        self._workload: ServedKind | None = None
        self._version = ""
        self.found: dict[str, Json] = {}
        self.is_subject_gone = False

    async def load(self) -> None:
        """Raises the errors of the port; `NotFound` also when the subject is not there any more."""
        if self._subject.kind == "Pod":
            self._fields = f"metadata.name={self._subject.name}"
        else:
            await self._read_workload()
        await self._list()
        if self._subject.kind == "Pod" and not self.found:
            raise NotFound(f"The pod {self._subject.name} is not there.", reason="NotFound", status=404)

    async def _read_workload(self) -> None:
        kind = self._subject.kind
        capabilities = await (await self._gateway()).capabilities()
        self._workload = capabilities.find(_GROUPS.get(kind, "apps"), kind)
        if self._workload is None:
            raise Refused(f"The cluster does not serve {kind}.", reason="NotFound")
        workload = await (await self._gateway()).get(self._workload, self._subject.name, self._subject.namespace)
        self._owner = uid_of(workload)
        spec = workload.get("spec") or {}
        if kind == "CronJob":
            self._labels = "job-name"
        elif kind in ("Service", "ReplicationController"):
            self._labels = labels_of({"matchLabels": spec.get("selector") or {}})
            self._owner = ""
        else:
            self._labels = labels_of(spec.get("selector") or {})
        if not self._labels:
            raise Refused(f"The {kind} {self._subject.name} selects no pods.", reason="NoSelector")

    async def _list(self) -> None:
        await self._read_owners()
        page = await (await self._gateway()).list(
            POD, self._subject.namespace, labels=self._labels, fields=self._fields
        )
        self.found = {uid_of(pod): pod for pod in page.items if await self._belongs(pod)}
        self._version = page.resource_version

    async def _read_owners(self) -> None:
        """What stands between the workload and its pods; None where only the selector can tell."""
        between = _BETWEEN.get(self._subject.kind)
        if not self._owner or between is None:
            self._owners = {self._owner} if self._owner else None
            return
        capabilities = await (await self._gateway()).capabilities()
        served = capabilities.find(*between)
        if served is None:
            return
        try:
            page = await (await self._gateway()).list(served, self._subject.namespace)
        except Refused:
            # An identity that may not look at them: what the selector says has to do.
            self._owners = None
            return
        self._owners = {uid_of(each) for each in page.items if self._owner in _owners_of(each)}

    async def _belongs(self, pod: Json) -> bool:
        owners = _owners_of(pod)
        if self._owners is None or owners & self._owners:
            return True
        if not owners or self._subject.kind not in _BETWEEN or uid_of(pod) in self.found:
            return False
        # Perhaps of a rollout that has just begun.
        before = len(self._owners)
        await self._read_owners()
        return self._owners is None or (len(self._owners) != before and bool(owners & self._owners))

    async def watch(self, changed: Callable[[], None]) -> None:
        """Keeps `found` true until it is cancelled. While the cluster cannot be reached it stays as it was."""
        failures = 0
        while True:
            try:
                await self._follow(changed)
                failures = 0
            except ResourceExpired:
                self._version = ""
            except ClusterError:
                failures += 1
                self._version = ""
            if failures or not self._version:
                await asyncio.sleep(_BACK_OFF[min(failures, len(_BACK_OFF) - 1)])
            if not self._version:
                with contextlib.suppress(ClusterError):
                    await self._list()
                    await self._look_for_subject()
                    changed()

    async def _follow(self, changed: Callable[[], None]) -> None:
        if not self._version:
            await self._list()
            changed()
        watch = await (await self._gateway()).watch(
            POD, self._subject.namespace, resource_version=self._version, labels=self._labels, fields=self._fields
        )
        async with contextlib.aclosing(watch):
            async for event in watch:
                self._version = str((event.object.get("metadata") or {}).get("resourceVersion") or self._version)
                if event.type == "DELETED":
                    if self.found.pop(uid_of(event.object), None) and not self.found:
                        await self._look_for_subject()
                elif event.type in ("ADDED", "MODIFIED") and await self._belongs(event.object):
                    self.found[uid_of(event.object)] = event.object
                else:
                    continue
                changed()

    async def _look_for_subject(self) -> None:
        """Without pods and without what makes them, nothing will come any more."""
        if self.found:
            return
        if self._workload is None:
            self.is_subject_gone = True
            return
        try:
            there = await (await self._gateway()).get(self._workload, self._subject.name, self._subject.namespace)
            self.is_subject_gone = bool(self._owner) and uid_of(there) != self._owner
        except NotFound:
            self.is_subject_gone = True

    def by_name(self, name: str) -> Json | None:
        return next((pod for pod in self.found.values() if name_of(pod) == name), None)


def labels_of(selector: Json) -> str:
    """A label selector as the API takes it in a query."""
    words = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    for each in selector.get("matchExpressions") or []:
        key, operator, values = each.get("key"), each.get("operator"), ",".join(each.get("values") or [])
        form = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": f"{key}"}
        words.append(form.get(str(operator), f"!{key}"))
    return ",".join(words)


def _owners_of(item: Json) -> set[str]:
    return {str(each.get("uid")) for each in (item.get("metadata") or {}).get("ownerReferences") or []}
