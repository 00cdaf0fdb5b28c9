"""Rootless BuildKit as a Job on a cluster: build and push in one pod, spoken to through the gateway of clusters.

Everything here runs on the cluster loop; a build's own loop only waits for it, and takes it away when it is cancelled.
"""

import asyncio
import contextlib
import json
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from builds.engines.cluster import objects
from builds.engines.cluster.objects import CONTAINER, Place, name_of
from builds.engines.cluster.pods import PodState, failure_of, state_of, stuck
from builds.engines.reasons import explain
from builds.engines.types import Capabilities, EngineError, Made, OnOutput, Order, Pushed
from clusters.kube import loop
from clusters.kube.gateway import Busy, ClusterError, Gateway, NotFound, Unreachable
from plugins.sdk.capabilities import ServedKind

T = TypeVar("T")
Json = dict[str, Any]

NAMESPACE = ServedKind("", "v1", "Namespace", "namespaces", False)
SECRET = ServedKind("", "v1", "Secret", "secrets", True)
JOB = ServedKind("batch", "v1", "Job", "jobs", True)
POD = ServedKind("", "v1", "Pod", "pods", True)
_START_SECONDS, _LOOK_SECONDS, _GONE_SECONDS = 180.0, 0.5, 20.0
_CHUNK = 32 * 1024
_TAIL = 60


@dataclass
class ClusterEngine:
    """`open_gateway` gives the cluster's gateway, from a thread that may ask the database."""

    open_gateway: Callable[[], Gateway]
    place: Place
    name: str = "cluster"

    async def probe(self) -> Capabilities:
        try:
            gateway = await asyncio.to_thread(self.open_gateway)
            version = await loop.wait(gateway.version())
        except (ClusterError, EngineError) as error:
            return Capabilities(self.name, problem=str(error))
        return Capabilities(
            self.name, version, has_buildkit=True, has_attestations=self.place.attests.is_on, is_bounded=True
        )

    async def build(self, order: Order, on_output: OnOutput) -> Made:
        """The image is in its registry afterwards, and nowhere else."""
        gateway = await self._reach()
        tar = order.folder / "context.tar"
        size = await asyncio.to_thread(_write, tar, order)
        return await loop.wait(_guarded(_Run(gateway, self.place, order, on_output).carry_out(tar, size)))

    async def push(self, order: Order, image_id: str, on_output: OnOutput) -> Pushed:
        """It was pushed when it was built, so its id is its digest."""
        return Pushed(image_id)

    async def has_image(self, image_id: str) -> bool:
        return False

    async def clean_up(self, build: str) -> None:
        with contextlib.suppress(EngineError, ClusterError):
            gateway = await self._reach()
            await loop.wait(remove(gateway, self.place, build))

    async def _reach(self) -> Gateway:
        try:
            return await asyncio.to_thread(self.open_gateway)
        except ClusterError as error:
            raise EngineError("engine_unreachable", f"The cluster that builds cannot be reached: {error}") from None


class _Run:
    """One build in one pod."""

    def __init__(self, gateway: Gateway, place: Place, order: Order, on_output: OnOutput) -> None:
        self._gateway, self._place, self._order = gateway, place, order
        self._on_output = on_output
        self._word = f"result-{secrets.token_hex(16)}"
        self._tail: deque[str] = deque(maxlen=_TAIL)
        self._result: Json | None = None

    async def carry_out(self, tar: Path, size: int) -> Made:
        # Of a worker that died before it could.
        await remove(self._gateway, self._place, self._order.build)
        try:
            await self._apply()
            state = await self._until(lambda state: state.is_running or state.exit_code is not None, _START_SECONDS)
            if state.exit_code is None:
                await self._send(state.name, tar, size)
                async with asyncio.timeout(self._order.bounds.seconds):
                    await self._follow(state.name)
            state = await self._until(lambda state: state.exit_code is not None, _START_SECONDS)
        except TimeoutError:
            raise EngineError("timed_out", "It took longer than a build may take, and was stopped.") from None
        finally:
            await asyncio.shield(remove(self._gateway, self._place, self._order.build))
        if state.exit_code != 0 or self._result is None:
            raise failure_of(state) or explain(self._tail)
        digest = str(self._result.get("containerimage.digest", ""))
        return Made(digest, None, digest, self._place.attests.kinds)

    async def _apply(self) -> None:
        namespace = self._place.namespace
        with contextlib.suppress(ClusterError):
            # Perhaps it is there, and we may not make any.
            await self._gateway.apply(NAMESPACE, objects.namespace_object(self._place))
        await self._gateway.apply(SECRET, objects.secret_object(self._order, self._place), force=True)
        job = objects.job_object(self._order, self._place, self._word)
        await self._gateway.apply(JOB, {**job, "metadata": {**job["metadata"], "namespace": namespace}}, force=True)

    async def _until(self, is_it: Callable[[PodState], bool], seconds: float) -> PodState:
        pod: Json | None = None
        deadline = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < deadline:
            pod = await self._pod()
            if pod is not None:
                state = state_of(pod)
                if is_it(state):
                    return state
            await asyncio.sleep(_LOOK_SECONDS)
        raise stuck(pod)

    async def _pod(self) -> Json | None:
        labels = f"{objects.BUILD_LABEL}={self._order.build}"
        page = await self._gateway.list(POD, self._place.namespace, labels=labels)
        return page.items[0] if page.items else None

    async def _send(self, pod: str, tar: Path, size: int) -> None:
        running = await self._gateway.exec(
            pod,
            self._place.namespace,
            container=CONTAINER,
            command=["sh", "-c", objects.RECEIVE, "receive", str(size)],
            stdin=True,
        )
        said = bytearray()
        try:
            async for chunk in _chunks(tar):
                await running.write(chunk)
            while (part := await running.read()) is not None:
                said += part[1][:2000]
        finally:
            await running.aclose()
        if running.exit is None or running.exit.code != 0:
            why = said.decode(errors="replace").strip()[:300] or "it ended early"
            raise EngineError("engine_refused", f"The context could not be brought to the cluster: {why}", is_ours=True)

    async def _follow(self, pod: str) -> None:
        """The connection may break off; then from where it was."""
        since, seen = "", 0
        while True:
            try:
                log = await self._gateway.follow_logs(pod, self._place.namespace, container=CONTAINER, since=since)
                try:
                    while (lines := await log.batch()) is not None:
                        fresh = [line for line in lines if line.nanos > seen]
                        await self._tell([line.text for line in fresh])
                        if fresh:
                            since, seen = fresh[-1].time, fresh[-1].nanos
                    return
                finally:
                    await log.aclose()
            except (Unreachable, Busy):
                await asyncio.sleep(_LOOK_SECONDS)

    async def _tell(self, texts: list[str]) -> None:
        shown = []
        for text in texts:
            if text.startswith(self._word):
                self._result = json.loads(text.removeprefix(self._word))
            else:
                shown.append(text)
                self._tail.append(text[-2000:])
        if shown:
            # It waits when the writer is behind, which the loop of all clusters must not.
            await asyncio.to_thread(self._on_output, ("\n".join(shown) + "\n").encode())


async def remove(gateway: Gateway, place: Place, build: str) -> None:
    """Job, pod and Secret; waits until the pod is gone."""
    for kind in (JOB, SECRET):
        with contextlib.suppress(NotFound):
            await gateway.delete(kind, name_of(build), place.namespace)
    labels = f"{objects.BUILD_LABEL}={build}"
    deadline = asyncio.get_running_loop().time() + _GONE_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        try:
            page = await gateway.list(POD, place.namespace, labels=labels)
        except NotFound:
            return
        if not page.items:
            return
        await asyncio.sleep(_LOOK_SECONDS)


async def _guarded(coroutine: Coroutine[Any, Any, T]) -> T:
    """A cluster's own words as one of ours."""
    try:
        return await coroutine
    except (Unreachable, Busy) as error:
        raise EngineError(
            "engine_unreachable", f"The cluster that builds cannot be reached: {error.message}", is_ours=True
        ) from None
    except ClusterError as error:
        raise EngineError("engine_refused", f"The cluster refused the build: {error.message}") from None


def _write(path: Path, order: Order) -> int:
    with path.open("wb") as file:
        for chunk in order.context():
            file.write(chunk)
        return file.tell()


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk
    finally:
        file.close()
