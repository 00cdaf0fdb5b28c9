"""A cluster with pods whose logs a test writes line by line: it answers as a kubelet does (whole seconds, runs of a
container, a log that is cut) and breaks off where it is told to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from clusters.kube.gateway import ListPage, NotFound, Refused, Unreachable, WatchEvent
from clusters.kube.logstream import LogLine, nanos_of
from plugins.sdk.capabilities import Capabilities, ServedKind

SECOND = 1_000_000_000
NOON = nanos_of("2026-03-24T12:00:00Z")
DEPLOYMENTS = ServedKind(group="apps", version="v1", kind="Deployment", resource="deployments", namespaced=True)
REPLICA_SETS = ServedKind(group="apps", version="v1", kind="ReplicaSet", resource="replicasets", namespaced=True)


@dataclass
class FakePod:
    """`runs` are the logs of its container, run by run; of the last `cut` lines are gone from the front."""

    name: str
    runs: list[list[LogLine]] = field(default_factory=lambda: [[]])
    cut: int = 0
    is_running: bool = True
    is_over: bool = False
    owner: str = ""
    # What the API tells of it may be behind.
    shown_runs: int = 1

    def body(self) -> dict[str, Any]:
        state = {"running": {}} if self.is_running else {"terminated": {"exitCode": 0 if self.is_over else 1}}
        status = {"name": "app", "restartCount": self.shown_runs - 1, "state": state}
        owners = [{"uid": self.owner, "kind": "ReplicaSet"}] if self.owner else []
        return {
            "metadata": {"name": self.name, "uid": f"uid-{self.name}", "namespace": "n", "ownerReferences": owners},
            "spec": {"containers": [{"name": "app"}], "restartPolicy": "Never" if self.is_over else "Always"},
            "status": {"phase": "Succeeded" if self.is_over else "Running", "containerStatuses": [status]},
        }


class FakeLog:
    def __init__(self, cluster: "Kubelet", pod: FakePod, run: int, lines: list[LogLine], follow: bool) -> None:
        self.cluster, self.pod, self.run, self.pending, self.follow = cluster, pod, run, lines, follow
        self.next = len(pod.runs[run])
        self.is_open = True
        cluster.open_logs += 1

    async def batch(self, seconds: float | None = None) -> Sequence[LogLine] | None:
        while True:
            if not self.is_open:
                return None
            if self.pending:
                part, self.pending = self.pending[: self.cluster.chunk], self.pending[self.cluster.chunk :]
                return self.cluster.broken(part)
            lines = self.pod.runs[self.run]
            if self.follow and self.next < len(lines):
                part = lines[self.next : self.next + self.cluster.chunk]
                self.next += len(part)
                return self.cluster.broken(part)
            is_current = self.run == len(self.pod.runs) - 1
            if not self.follow or not is_current or not self.pod.is_running or self.pod not in self.cluster.pods:
                return None
            try:
                async with asyncio.timeout(seconds):
                    await self.cluster.changed()
            except TimeoutError:
                return []

    async def aclose(self) -> None:
        if self.is_open:
            self.is_open = False
            self.cluster.open_logs -= 1


class FakeWatch:
    def __init__(self, cluster: "Kubelet", shown: dict[str, dict[str, Any]]) -> None:
        self.cluster, self.shown = cluster, shown

    def __aiter__(self) -> AsyncIterator[WatchEvent]:
        return self

    async def __anext__(self) -> WatchEvent:
        while True:
            there = {pod.name: pod.body() for pod in self.cluster.pods}
            for name, body in there.items():
                if self.shown.get(name) != body:
                    known = name in self.shown
                    self.shown[name] = body
                    return WatchEvent("MODIFIED" if known else "ADDED", body)
            for name in set(self.shown) - set(there):
                return WatchEvent("DELETED", self.shown.pop(name))
            await self.cluster.changed()

    async def aclose(self) -> None:
        return


class Kubelet:
    """Only what a log session asks for. `break_after` lines each log breaks off, that many times."""

    def __init__(self, *pods: FakePod) -> None:
        self.pods = list(pods)
        self.chunk = 100
        self.breaks: list[int] = []
        self.open_logs = 0
        self.most_logs = 0
        self._waiters: set[asyncio.Event] = set()
        self.now = NOON

    # --- what the test does

    def write(self, pod: FakePod, text: str, *, after: int = 1_000_000, nanos: int | None = None) -> LogLine:
        self.now += after
        at = self.now if nanos is None else nanos
        line = LogLine(at, str(at), text)
        pod.runs[-1].append(line)
        self.wake()
        return line

    def restart(self, pod: FakePod, *, is_shown: bool = True) -> None:
        pod.runs.append([])
        pod.cut = 0
        # No container begins in the nanosecond in which the one before it wrote its last.
        self.now += 1
        if is_shown:
            pod.shown_runs = len(pod.runs)
        self.wake()

    def wake(self) -> None:
        for each in self._waiters:
            each.set()

    async def changed(self) -> None:
        event = asyncio.Event()
        self._waiters.add(event)
        try:
            await event.wait()
        finally:
            self._waiters.discard(event)

    def broken(self, part: list[LogLine]) -> list[LogLine]:
        if self.breaks:
            self.breaks[0] -= len(part)
            if self.breaks[0] < 0:
                self.breaks.pop(0)
                raise Unreachable("The connection broke off.", reason="network")
        return part

    # --- the gateway

    async def capabilities(self, *, refresh: bool = False) -> Capabilities:
        return Capabilities("v1.30.0", (DEPLOYMENTS, REPLICA_SETS))

    async def get(self, kind: ServedKind, name: str, namespace: str = "") -> dict[str, Any]:
        return {"metadata": {"uid": "deployment"}, "spec": {"selector": {"matchLabels": {"app": name}}}}

    async def list(self, kind: ServedKind, namespace: str = "", *, labels: str = "", fields: str = "") -> ListPage:
        if kind.kind == "ReplicaSet":
            return ListPage([{"metadata": {"uid": "rs", "ownerReferences": [{"uid": "deployment"}]}}], "1")
        wanted = fields.removeprefix("metadata.name=") if fields else ""
        return ListPage([pod.body() for pod in self.pods if not wanted or pod.name == wanted], "1")

    async def watch(self, kind: ServedKind, namespace: str = "", **more: Any) -> FakeWatch:
        return FakeWatch(self, {})

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
    ) -> FakeLog:
        found = next((each for each in self.pods if each.name == pod), None)
        if found is None:
            raise NotFound(f"pods {pod} not found", reason="NotFound", status=404)
        run = len(found.runs) - 1 - previous
        if run < 0:
            raise Refused("previous terminated container not found", reason="BadRequest", status=400)
        lines = found.runs[run][0 if previous else found.cut :]
        if since:
            # Each line is looked at by itself, as a kubelet does.
            lines = [line for line in lines if line.nanos >= nanos_of(since)]
        if tail is not None:
            lines = lines[-tail:] if tail else []
        return FakeLog(self, found, run, list(lines), follow)
