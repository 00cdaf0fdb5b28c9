"""The corpus on a real Kubernetes: what its API server accepts, and what runs there until it is healthy."""

import asyncio
import contextlib
import os
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from clusters.kube.connection import Connection
from clusters.kube.direct import DirectGateway
from clusters.kube.gateway import ClusterError, NotFound
from clusters.models import Cluster
from clusters.practice.server import PracticeServer
from clusters.services import call as call_cluster
from clusters.services import forget_all, gateway_for
from core.work.runner import run_next
from imports.compose import Conversion, convert
from plugins.registry import core_types
from plugins.sdk.objects import KubeObject
from plugins.sdk.problems import Severity
from plugins.sdk.secrets import Placeholders
from tests.cluster.runs.conftest import API, Json, Rest
from tests.corpus.reading import Files, group
from tests.factories import make_client, make_user
from tests.integration.runs.support import practice_server, serving
from workflows.compile import CompileOptions, compile_graph
from workflows.models import Target
from workflows.runs.rollback import WORK_KIND

__all__ = ["practice_server"]

KUBECONFIG = os.environ.get("SAILCLOTH_TEST_KUBECONFIG", "")
ACCEPTED, RUNNING = group("projects"), group("running")
_AT_ONCE, _WORKERS = 16, 10


def objects_of(conversion: Conversion, namespace: str, gateway: DirectGateway, call: Callable[..., Any]) -> list[Any]:
    builds = {n.id: "busybox@sha256:" + "0" * 64 for n in conversion.graph.nodes if n.type == "build"}
    result = compile_graph(
        conversion.graph,
        types=core_types(),
        capabilities=call(gateway.capabilities()),
        options=CompileOptions(namespace, "corpus", b"key", builds),
        secrets=Placeholders(),
    )
    assert [each.message for each in result.problems if each.severity is Severity.ERROR] == []
    return list(result.bundle.objects)


@pytest.mark.parametrize("cluster", [pytest.param("real", marks=pytest.mark.kube)], indirect=True, scope="session")
def test_the_api_server_accepts_what_projects_become(
    gateway: DirectGateway, call: Callable[..., Any], namespace: str, connection: Connection
) -> None:
    """In a server-side dry run; each object on its own, so that nothing has to be there before."""
    assert len(ACCEPTED) >= 40
    wanted = [
        (name, item)
        for name, files in ACCEPTED.items()
        for item in objects_of(convert(files, profiles=["dev", "flower"]), namespace, gateway, call)
    ]

    async def accept() -> list[str]:
        capabilities = await gateway.capabilities()
        turns = asyncio.Semaphore(_AT_ONCE)

        async def one(name: str, item: KubeObject) -> str:
            group_, _, _version = item.body["apiVersion"].rpartition("/")
            served = capabilities.find(group_, item.body["kind"])
            assert served is not None, (name, item.body["kind"])
            async with turns:
                try:
                    await gateway.apply(served, item.body, dry_run=True)
                except ClusterError as error:
                    return f"{name}: {item.body['kind']} {item.body['metadata']['name']}: {error}"
            return ""

        return [said for said in await asyncio.gather(*(one(*each) for each in wanted)) if said]

    assert len(wanted) > 300
    assert call(accept()) == []


@pytest.fixture
def rest(transactional_db: None, practice_server: PracticeServer, settings: Any) -> Iterator[Rest]:
    with serving(practice_server, settings):
        found = Rest(make_client(make_user()), "real")
        kubeconfig = Path(KUBECONFIG).read_text()
        added = found.post("clusters", {"name": "real", "auth_type": "kubeconfig", "kubeconfig": kubeconfig})
        assert added["status"] == "connected", added
        yield found
        forget_namespaces()
    forget_all()


def forget_namespaces() -> None:
    """They are told to go; nobody waits for it."""
    gateway = gateway_for(Cluster.objects.get(name="real").pk)
    namespaces = list(Target.objects.values_list("namespace", flat=True))

    async def forget() -> None:
        served = (await gateway.capabilities()).find("", "Namespace")
        assert served is not None
        for name in namespaces:
            with contextlib.suppress(NotFound):
                await gateway.delete(served, name)

    call_cluster(forget())


def work_off() -> None:
    """All that waits, by several workers."""

    def worker() -> None:
        try:
            while run_next([WORK_KIND]):
                pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(_WORKERS) as pool:
        for done in [pool.submit(worker) for _ in range(_WORKERS)]:
            done.result()


def imported(rest: Rest, name: str, files: Files) -> str:
    """As a person would: sent, and made a workflow of."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = {"file": [SimpleUploadedFile(path, text) for path, text in files.items()], "path": list(files)}
    answer = rest.client.post(f"{API}/import/upload", sent, format="multipart")
    assert answer.status_code == 200, (name, answer.json())
    made = rest.post("import/create-workflow", {"import_id": answer.json()["id"], "name": name})
    rest.made.append(made["workflow"]["id"])
    return str(made["workflow"]["id"])


@pytest.mark.kube
def test_what_can_run_there_becomes_healthy(rest: Rest) -> None:
    assert len(RUNNING) >= 15
    own = uuid.uuid4().hex[:6]
    runs: dict[str, Json] = {}
    workflows = {name: imported(rest, name, files) for name, files in RUNNING.items()}
    for name, workflow in workflows.items():
        place = {"cluster": "real", "namespace": f"corpus-{own}-{name}"[:60], "timeout_seconds": 60}
        runs[name] = rest.post(f"workflows/{workflow}/run", place)
    work_off()
    ended = {name: rest.get(f"runs/{run['run_id']}") for name, run in runs.items()}
    assert {name: (run["status"], run["error"]) for name, run in ended.items() if run["status"] != "succeeded"} == {}
    states = {name: set(rest.states(workflow).values()) for name, workflow in workflows.items()}
    assert {name: found for name, found in states.items() if not found <= {"healthy", "completed"}} == {}
