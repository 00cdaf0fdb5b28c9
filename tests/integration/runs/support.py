"""What tests of runs share: a practice cluster in a thread of its own, graphs to deploy, and a worker inline."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from clusters.kube import loop
from clusters.kube.gateway import Gateway, NotFound
from clusters.models import Cluster
from clusters.practice.server import PracticeServer
from clusters.practice_link import register_practice, unregister_practice
from clusters.services import call, forget_all, gateway_for
from core.principal import Principal
from core.work.runner import run_next
from workflows.models import Run, Workflow
from workflows.runs import services
from workflows.runs.rollback import WORK_KIND
from workflows.services import create_workflow, save_graph
from workflows.types import GraphInput

Json = dict[str, Any]

SPEED = 0.02  # Simulated seconds pass fifty times faster.
# A run looks more often, too, whether what it waits for is so.
LOOKS_EVERY = ((float("inf"), 0.05),)
IMAGE = "busybox:1"
SLEEP = ["sh", "-c", "sleep 86400"]


class PracticeThread:
    """The practice server on a loop of its own, as another process would have it."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = PracticeServer(data_dir=folder, speed=SPEED)
        self._do(self.server.start())

    def stop(self) -> None:
        self._do(self.server.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    def _do(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)


@pytest.fixture(scope="session")
def practice_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeServer]:
    """One for all tests: each person has a cluster of their own on it."""
    thread = PracticeThread(tmp_path_factory.mktemp("practice"))
    yield thread.server
    forget_all()
    loop.stop()
    thread.stop()


@contextmanager
def serving(server: PracticeServer, settings: Any) -> Iterator[None]:
    """Whoever registers from now on gets a practice cluster."""
    settings.PRACTICE_ENABLED = True
    register_practice(server)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workflows.deploy.executor._PAUSES", LOOKS_EVERY)
        yield
    unregister_practice()
    forget_all()


# --- graphs ---------------------------------------------------------------------------------------


def deployment(node_id: str = "web", **data: Any) -> Json:
    usual = {"name": node_id, "image": IMAGE, "command": SLEEP, "termination_grace_seconds": 0}
    return {"id": node_id, "type": "deployment", "data": {**usual, **data}}


def node(node_id: str, type_: str, **data: Any) -> Json:
    return {"id": node_id, "type": type_, "data": {"name": node_id} | data}


def edge(source: str, target: str, **data: Any) -> Json:
    return {"id": f"{source}-{target}", "source": source, "target": target, "data": data}


def shop(**web: Any) -> GraphInput:
    """A deployment, a service to it, and a config map that it reads."""
    return GraphInput(
        nodes=[
            deployment("web", ports=[{"port": 8080, "name": "http"}], **web),
            node("front", "service"),
            node("settings", "configmap", data={"COLOUR": "blue"}),
        ],
        edges=[edge("front", "web"), edge("settings", "web")],
    )


# --- a person and what they do --------------------------------------------------------------------


class Deployer:
    """Runs workflows of one person, with the worker in the test's own thread."""

    def __init__(self, actor: Principal, cluster: Cluster, namespace: str) -> None:
        self.actor = actor
        self.cluster = cluster
        self.namespace = namespace

    @property
    def gateway(self) -> Gateway:
        return gateway_for(self.cluster.pk)

    def draw(self, graph: GraphInput, name: str = "Shop") -> Workflow:
        return create_workflow(fields={"name": name}, sent=graph, actor=self.actor)

    def redraw(self, workflow: Workflow, graph: GraphInput) -> None:
        save_graph(workflow_id=workflow.pk, sent=graph, actor=self.actor)

    def start(self, workflow: Workflow, **options: Any) -> Run:
        more = {name: options.pop(name) for name in ("version",) if name in options}
        return services.start_run(
            workflow_id=workflow.pk,
            cluster=self.cluster.name,
            namespace=self.namespace,
            options=services.RunOptions(**options),
            actor=self.actor,
            **more,
        )

    def plan(self, workflow: Workflow, **options: Any) -> Json:
        return services.plan_run(
            workflow_id=workflow.pk,
            cluster=self.cluster.name,
            namespace=self.namespace,
            options=services.RunOptions(**options),
            actor=self.actor,
        )

    def deploy(self, workflow: Workflow, **options: Any) -> Run:
        return work_off(self.start(workflow, **options))

    def make(self, body: Json) -> None:
        """Somebody else makes an object, with no thought of us."""
        place = f"/namespaces/{body['metadata']['namespace']}" if "namespace" in body["metadata"] else ""
        path = f"/api/v1{place}/{body['kind'].lower()}s"
        call(self.gateway.raw("POST", path, query={"fieldManager": "somebody"}, body=body))

    def live(self, kind: str, name: str, group: str = "", namespace: str | None = None) -> Json | None:
        """The object as it is in the cluster; None when it is not there."""

        gateway = self.gateway

        async def get() -> Json | None:
            served = (await gateway.capabilities()).find(group, kind)
            assert served is not None
            place = (self.namespace if namespace is None else namespace) if served.namespaced else ""
            try:
                return await gateway.get(served, name, place)
            except NotFound:
                return None

        return call(get())


def rewrite(gateway: Gateway, live: Json, *, manager: str = "kubectl-edit") -> Json:
    """Somebody else puts `live`, which they have changed, in the place of what is there."""
    group, _, version = str(live["apiVersion"]).rpartition("/")
    # Without its version: controllers write the status meanwhile.
    metadata = {key: value for key, value in live["metadata"].items() if key != "resourceVersion"}

    async def put() -> Json:
        served = (await gateway.capabilities()).find(group, live["kind"], version)
        assert served is not None
        head = f"/apis/{group}" if group else "/api"
        place = f"/namespaces/{live['metadata']['namespace']}" if served.namespaced else ""
        path = f"{head}/{version}{place}/{served.resource}/{live['metadata']['name']}"
        return await gateway.raw("PUT", path, query={"fieldManager": manager}, body={**live, "metadata": metadata})

    return call(put())


def work_off(run: Run) -> Run:
    """Carry out everything that waits; the run as it is then."""
    while run_next([WORK_KIND]):
        pass
    run.refresh_from_db()
    return run


def actions(run: Run) -> dict[str, str]:
    """What the run's plan says of each object: {"Deployment web": "create"}."""
    return {f"{item['kind']} {item['name']}": item["action"] for item in (run.plan or {})["objects"]}
