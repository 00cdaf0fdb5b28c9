"""Resources: a page out of many rows, and mirroring a cluster of many pods, which another process serves."""

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

ROWS = 10_000
PODS = 5_000
PAGE_MS = 30
MIRROR_SECONDS = 5
MIRROR_MIB = 250
ASKED = 40
PATIENCE = 120
QUERIES = {
    "first page": "",
    "filtered": "?kind=Pod&status=running&namespace=ns-3&limit=50",
    "searched": "?search=pod-004&limit=50",
    "sorted, page 80": "?sort=name&order=asc&page=80&limit=100",
}


def measure() -> list[dict[str, Any]]:
    return [*pages(), *mirrored()]


def pages() -> list[dict[str, Any]]:
    from django.conf import settings

    from tests.factories import make_client, make_user

    settings.ALLOWED_HOSTS = ["*"]
    user = make_user()
    cluster = make_cluster(user)
    fill(cluster)
    client = make_client(user)
    found = []
    for name, query in QUERIES.items():
        times = []
        for _ in range(ASKED):
            began = time.perf_counter()
            answer = client.get(f"/v1/api/resources{query}")
            times.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, answer.content
            assert answer.json()["resources"], name
        value = statistics.median(times)
        found.append(
            {"name": f"/resources out of {ROWS} rows, {name}, median", "value": value, "unit": "ms", "limit": PAGE_MS}
        )
    cluster.delete()
    return found


def fill(cluster: Any) -> None:
    from django.utils import timezone

    from clusters.models import Resource, ResourceMirror

    now = timezone.now()
    ResourceMirror.objects.create(cluster=cluster, seen_at=now, looked_at=now)
    Resource.objects.bulk_create(
        Resource(
            cluster=cluster,
            version="v1",
            kind="Pod" if number % 4 else "ConfigMap",
            namespace=f"ns-{number % 20}",
            name=f"pod-{number:05}",
            uid=f"uid-{number}",
            status="Running",
            health="healthy",
            summary="1 of 1 containers ready",
            labels={"app": f"app-{number % 50}"},
            facts={"containers": ["app"], "images": ["busybox:1"], "restarts": 0, "running": 1, "ip": "10.0.0.1"},
            created_at=now - timedelta(seconds=number),
            updated_at=now,
        )
        for number in range(ROWS)
    )


def mirrored() -> list[dict[str, Any]]:
    """From the start of a watcher to the last row, and how much more memory it took at its most."""
    from django.db import connections

    from clusters.kube import loop
    from clusters.kube.connection import Connection
    from clusters.kube.direct import DirectGateway
    from clusters.models import Resource, ResourceMirror
    from tests.factories import make_user
    from tests.integration.live.support import Gateways, watching

    with serving() as found:
        cluster = make_cluster(make_user())
        gateway = DirectGateway(Connection(**found, allowed_networks=("127.0.0.0/8",)))
        # What a process has loaded anyway is not what a mirror costs.
        loop.run(gateway.capabilities(), PATIENCE)
        look(cluster)
        with sampled() as most:
            began = time.perf_counter()
            with watching(Gateways({cluster.pk: gateway}), timing=in_life()):
                while not ResourceMirror.objects.filter(pk=cluster.pk).exclude(seen_at=None).exists():
                    assert time.perf_counter() - began < PATIENCE
                    time.sleep(0.02)
                seconds = time.perf_counter() - began
                assert Resource.objects.filter(cluster=cluster, kind="Pod").count() == PODS
                time.sleep(1)
        loop.run(gateway.close(), PATIENCE)
    connections.close_all()
    return [
        {"name": f"mirror of {PODS} practice pods", "value": seconds, "unit": "s", "limit": MIRROR_SECONDS},
        {"name": f"mirror of {PODS} practice pods, memory", "value": most[0], "unit": "MiB", "limit": MIRROR_MIB},
    ]


def in_life() -> Any:
    from clusters.live.timing import Timing

    return Timing()


def make_cluster(user: Any) -> Any:
    from django.utils import timezone

    from clusters.models import Cluster

    now = timezone.now()
    return Cluster.objects.create(
        workspace=user.personal_workspace,
        owner=user,
        name="bench",
        auth_type="bearer_token",
        created_at=now,
        updated_at=now,
    )


def look(cluster: Any) -> None:
    from django.utils import timezone

    from clusters.models import ResourceMirror

    ResourceMirror.objects.create(cluster=cluster, looked_at=timezone.now())


@contextmanager
def sampled() -> Iterator[list[float]]:
    """The growth of this process's resident memory at its most, in MiB."""
    most, stop, before = [0.0], threading.Event(), resident()

    def sample() -> None:
        while not stop.wait(0.02):
            most[0] = max(most[0], resident() - before)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield most
    finally:
        stop.set()
        thread.join()


def resident() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


@contextmanager
def serving() -> Iterator[dict[str, Any]]:
    """A practice cluster with many pods in a process of its own: its address, authority and token."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", SERVER, folder, str(PODS)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).resolve().parents[2], text=True)
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(PATIENCE)


# One pod as its controllers made it, over and over again; then they rest.
SERVER = """
import asyncio, copy, json, pathlib, sys, uuid
sys.path[1:1] = [".", "platform"]
from clusters.practice.server import PracticeServer
from clusters.practice.store import Limits

async def main():
    limits = Limits(objects=1_000_000, total_bytes=2**32)
    server = PracticeServer(data_dir=pathlib.Path(sys.argv[1]), speed=0.01, limits=limits)
    await server.start()
    tenant = await server._tenant("bench")
    container = {"name": "app", "image": "busybox:1", "command": ["sleep", "86400"],
                 "env": [{"name": f"SETTING_{n}", "value": "x" * 40} for n in range(3)],
                 "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "32Mi"}}}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "default"},
            "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}},
                     "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}}}
    from clusters.practice.options import Options
    from clusters.practice.resources import BY_KEY
    tenant.rest.create(BY_KEY["apps/deployments"], "default", body, Options(manager="bench"))
    for _ in range(500):
        await asyncio.sleep(0.02)
        pods = tenant.store.select("/pods", "default")
        if pods and pods[0].get("status", {}).get("phase") == "Running":
            break
    await tenant.manager.stop()
    for number in range(int(sys.argv[2]) - 1):
        pod = copy.deepcopy(pods[0])
        pod["metadata"] |= {"name": f"web-{number:05}", "uid": str(uuid.uuid4())}
        tenant.store.put("/pods", pod)
    tenant.store.on_dirty = None
    print(json.dumps({"server": server.tenant_url("bench"), "ca_data": server.ca_pem,
                      "token": server.tenant_token("bench")}), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
