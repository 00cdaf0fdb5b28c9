"""A workflow that is deployed without a run: objects applied through a gateway, and a target that knows them."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.models import User
from clusters.kube import loop
from clusters.kube.connection import Connection
from clusters.kube.direct import DirectGateway
from clusters.kube.gateway import Gateway
from clusters.live.timing import Timing
from clusters.models import Cluster
from plugins.sdk.objects import ObjectKey
from workflows.deploy.applyset import PART_OF_LABEL, parent_of_target
from workflows.deploy.inventory import Entry, dump
from workflows.models import NodeStatus, Target, Workflow
from workflows.runs.live import Watcher
from workflows.runs.watching.sweep import Sweep

LOOPBACK = ("127.0.0.0/8", "::1/128")
PATIENCE = 150.0  # Seconds. A kubelet sends few events a second, whoever else is waiting for theirs.
# As in life, only faster.
FAST = Timing(
    debounce=0.02,
    tick=0.3,
    lease=2.0,
    grace=1.0,
    beat=0.5,
    beat_when_lost=0.2,
    beat_timeout=0.5,
    first_pause=0.1,
    longest_pause=0.5,
    refused_pause=0.5,
    poll=0.3,
)


class Gateways(dict[str, Gateway]):
    """Stands for `clusters.services.gateway_for`: the way to each cluster, which tests may change."""

    def __call__(self, cluster_id: str) -> Gateway:
        return self[cluster_id]


def gateway_to(server: Any, tenant: str, port: int = 0) -> DirectGateway:
    """The practice cluster of a tenant, perhaps by way of a proxy."""
    url = server.tenant_url(tenant)
    return DirectGateway(
        Connection(
            server=url.replace(f":{server.port}/", f":{port}/") if port else url,
            ca_data=server.ca_pem,
            token=server.tenant_token(tenant),
            allowed_networks=LOOPBACK,
        )
    )


def deployment(name: str, *, image: str = "busybox:1", replicas: int = 1, **annotations: str) -> dict[str, Any]:
    container = {"name": "app", "image": image, "imagePullPolicy": "IfNotPresent", "command": ["sleep", "86400"]}
    pod = {
        "metadata": {"labels": {"app": name}, "annotations": annotations},
        "spec": {"containers": [container], "terminationGracePeriodSeconds": 0},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": pod},
    }


@dataclass
class Ground:
    """One workflow on one cluster and namespace. Nodes have the names of their objects."""

    user: User
    cluster: Cluster
    gateway: DirectGateway
    namespace: str = "default"
    entries: dict[ObjectKey, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        workspace = self.user.personal_workspace
        slug = f"w{secrets.token_hex(4)}"
        self.workflow = Workflow.objects.create(
            workspace=workspace, owner=self.user, name=slug, slug=slug, updated_at=timezone.now()
        )
        self.target = Target.objects.create(
            workspace=workspace, workflow=self.workflow, cluster=self.cluster, namespace=self.namespace
        )

    # --- the cluster

    def served(self, kind: str, group: str = "") -> Any:
        found = loop.run(self.gateway.capabilities(), PATIENCE).find(group, kind)
        assert found is not None, f"{kind} is not served"
        return found

    def apply(self, *bodies: dict[str, Any]) -> None:
        """Apply objects, and have the target know them afterwards."""
        set_id = parent_of_target(self.target.pk, self.namespace).id
        for body in bodies:
            group, _, version = body["apiVersion"].rpartition("/")
            labels = {**body["metadata"].get("labels", {}), PART_OF_LABEL: set_id}
            metadata = {**body["metadata"], "namespace": self.namespace, "labels": labels}
            served = self.served(body["kind"], group)
            live = loop.run(self.gateway.apply(served, {**body, "metadata": metadata}, force=True), PATIENCE)
            name = metadata["name"]
            entry = Entry(group, version, body["kind"], self.namespace, name, live["metadata"]["uid"], node_id=name)
            self.entries[entry.key] = entry
        self.save()

    def delete(self, kind: str, name: str, group: str = "") -> None:
        """Behind the back of the target, which goes on believing in it."""
        loop.run(self.gateway.delete(self.served(kind, group), name, self.namespace), PATIENCE)

    def patch(self, kind: str, name: str, patch: Any, group: str = "") -> None:
        loop.run(self.gateway.patch(self.served(kind, group), name, self.namespace, patch), PATIENCE)

    # --- the target

    def save(self) -> None:
        """As a run leaves it."""
        self.target.inventory = dump(self.entries.values())
        self.target.save()

    def forget(self) -> None:
        """As an undeploy leaves it."""
        self.entries.clear()
        self.save()
        NodeStatus.objects.filter(target=self.target).delete()

    def node(self, name: str) -> NodeStatus | None:
        return NodeStatus.objects.filter(target=self.target, node_id=name).first()

    def wait(self, name: str, state: str, health: str = "", seconds: float = PATIENCE) -> NodeStatus:
        """Until the node is shown so."""
        deadline = time.monotonic() + seconds
        while True:
            row = self.node(name)
            if row is not None and row.state == state and health in ("", row.health):
                return row
            shown = f"{row.state} {row.health} {row.message}" if row else "nothing"
            assert time.monotonic() < deadline, f"{name} is not {state} {health} but {shown}"
            time.sleep(0.02)

    def hear(self, name: str, words: str, seconds: float = PATIENCE) -> NodeStatus:
        """Until the node is bad and says so in these words."""
        deadline = time.monotonic() + seconds
        while True:
            row = self.node(name)
            if row is not None and row.health == "degraded" and words in row.message:
                return row
            assert time.monotonic() < deadline, f"{name} says {row.message if row else 'nothing'}"
            time.sleep(0.02)


@contextlib.contextmanager
def watching(gateways: Any, *, timing: Timing = FAST, name: str = "") -> Iterator[Watcher]:
    watcher = Watcher(timing=timing, gateways=gateways, name=name, sweep=Sweep(()))
    loop.run(watcher.start(), PATIENCE)
    try:
        yield watcher
    finally:
        loop.run(watcher.stop(), PATIENCE)


class Proxy:
    """Stands before a server and can hang, be gone, and come back. Lives on the cluster loop."""

    def __init__(self, port: int) -> None:
        self.behind = port
        self.port = 0
        self._server: asyncio.Server | None = None
        self._flows = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._flows.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """No connection, no answer: refused."""
        assert self._server is not None
        self._server.close()
        self._flows.set()
        for writer in list(self._writers):
            writer.transport.abort()

    async def hang(self) -> None:
        """Connections stay, nothing comes through."""
        self._flows.clear()

    async def flow(self) -> None:
        self._flows.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flows.wait()
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.behind)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()
        self._writers.discard(writer)
