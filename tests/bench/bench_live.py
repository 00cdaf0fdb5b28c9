"""How long it takes from a change in a cluster to the event at a browser."""

import contextlib
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn

CHANGES = 40
LIMIT_MS = 500
PATIENCE = 30


def measure() -> list[dict[str, Any]]:
    """Whatever the product would do itself is done by its own code; only the network is loopback."""
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    with tempfile.TemporaryDirectory() as folder, practice(Path(folder)) as server, web() as port:
        delays = sorted(changes(server, port))
    name = f"cluster change to SSE event, {CHANGES} changes"
    return [
        {"name": f"{name}, median", "value": statistics.median(delays), "unit": "ms", "limit": None},
        {"name": f"{name}, p95", "value": percentile(delays, 0.95), "unit": "ms", "limit": LIMIT_MS},
    ]


def changes(server: Any, port: int) -> list[float]:
    """A config map comes and goes: the event is due the moment the cluster has answered the request."""
    from clusters.live.timing import Timing
    from tests.integration.live.support import watching
    from tests.integration.streams.conftest import Client

    ground, token = deployed(server)
    delays = []
    with watching(lambda _: ground.gateway, timing=Timing()):
        ground.wait("web", "healthy")
        ground.wait("settings", "healthy")
        with Client(port, f"/v1/api/workflows/{ground.workflow.pk}/status/stream", token=token) as client:
            assert client.event()[1] == "snapshot"
            for number in range(CHANGES):
                began = time.perf_counter()
                expected = change(ground, number)
                while True:
                    _, name, data = client.event()
                    if name == "node" and (data["node_id"], data["state"]) == ("settings", expected):
                        break
                delays.append((time.perf_counter() - began) * 1000)
                time.sleep(0.1)
    return delays


def change(ground: Any, number: int) -> str:
    from clusters.kube import loop
    from workflows.deploy.applyset import PART_OF_LABEL, parent_of_target

    if number % 2 == 0:
        ground.delete("ConfigMap", "settings")
        return "deleted"
    entry = next(entry for entry in ground.entries.values() if entry.name == "settings")
    labels = {PART_OF_LABEL: parent_of_target(ground.target.pk, ground.namespace).id}
    body = {**SETTINGS, "metadata": {**SETTINGS["metadata"], "namespace": entry.namespace, "labels": labels}}
    loop.run(ground.gateway.apply(ground.served("ConfigMap"), body), PATIENCE)
    return "healthy"


SETTINGS: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}


def deployed(server: Any) -> tuple[Any, str]:
    from django.utils import timezone

    from accounts.services import principal_of, start_session
    from clusters.models import Cluster
    from tests.factories import make_user
    from tests.integration.live.support import Ground, deployment, gateway_to

    user, now = make_user(), timezone.now()
    cluster = Cluster.objects.create(
        workspace=user.personal_workspace,
        owner=user,
        name="bench",
        auth_type="bearer_token",
        created_at=now,
        updated_at=now,
    )
    ground = Ground(user, cluster, gateway_to(server, "bench"))
    ground.apply(deployment("web", replicas=3), SETTINGS)
    return ground, start_session(user=user, actor=principal_of(user)).token


@contextlib.contextmanager
def practice(folder: Path) -> Iterator[Any]:
    from tests.integration.runs.support import PracticeThread

    thread = PracticeThread(folder)
    try:
        yield thread.server
    finally:
        thread.stop()


@contextlib.contextmanager
def web() -> Iterator[int]:
    """The product's own ASGI application on a port of its own."""
    from config.asgi import application

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(application, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
