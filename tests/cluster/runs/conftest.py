"""A client of the REST API, and a cluster that it has added: the practice cluster, or a real Kubernetes."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clusters.models import Cluster
from clusters.practice.server import PracticeServer
from clusters.services import forget_all
from core.work.runner import run_next
from tests.factories import JsonClient, make_client, make_user
from tests.integration.runs.support import practice_server, serving
from workflows.runs.rollback import WORK_KIND

__all__ = ["practice_server"]

API = "/v1/api"
KUBECONFIG = os.environ.get("SAILCLOTH_TEST_KUBECONFIG", "")
REAL = pytest.param(
    "real", marks=[pytest.mark.kube, pytest.mark.skipif(not KUBECONFIG, reason="needs SAILCLOTH_TEST_KUBECONFIG")]
)
Json = dict[str, Any]


class Rest:
    """What a script would do, with the worker in the test's own thread."""

    def __init__(self, client: JsonClient, cluster: str) -> None:
        self.client = client
        self.cluster = cluster
        self.namespace = f"runs-{uuid.uuid4().hex[:8]}"
        self.made: list[str] = []

    def post(self, path: str, sent: Json | None = None) -> Json:
        answer = self.client.post(f"{API}/{path}", sent or {})
        assert answer.status_code in (200, 201), answer.json()
        return dict(answer.json())

    def get(self, path: str) -> Json:
        answer = self.client.get(f"{API}/{path}")
        assert answer.status_code == 200, answer.json()
        return dict(answer.json())

    def draw(self, nodes: list[Json], edges: list[Json], name: str = "Shop") -> str:
        workflow = self.post("workflows", {"name": name, "nodes": nodes, "edges": edges})
        self.made.append(workflow["id"])
        return str(workflow["id"])

    def save(self, workflow: str, nodes: list[Json], edges: list[Json]) -> None:
        self.post(f"workflows/{workflow}/save", {"nodes": nodes, "edges": edges})

    def place(self, **more: Any) -> Json:
        return {"cluster": self.cluster, "namespace": self.namespace, **more}

    def plan(self, workflow: str) -> Json:
        return dict(self.post(f"workflows/{workflow}/plan", self.place())["plan"])

    def run(self, workflow: str, **more: Any) -> Json:
        return self.finish(self.post(f"workflows/{workflow}/run", self.place(**more)))

    def undeploy(self, workflow: str) -> Json:
        (target,) = self.get(f"workflows/{workflow}/targets")["targets"]
        return self.finish(self.post(f"targets/{target['id']}/undeploy"))

    def finish(self, started: Json) -> Json:
        while run_next([WORK_KIND]):
            pass
        return self.get(f"runs/{started['run_id']}")

    def states(self, workflow: str) -> dict[str, str]:
        return {node["node_id"]: node["state"] for node in self.get(f"workflows/{workflow}/status")["nodes"]}


@pytest.fixture(params=["practice", REAL])
def rest(
    request: pytest.FixtureRequest,
    transactional_db: None,
    practice_server: PracticeServer,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Rest]:
    monkeypatch.setattr("workflows.deploy.record.PATIENCE", 20.0)
    with serving(practice_server, settings):
        found = Rest(make_client(make_user()), request.param)
        if request.param == "real":
            kubeconfig = Path(KUBECONFIG).read_text()
            added = found.post("clusters", {"name": "real", "auth_type": "kubeconfig", "kubeconfig": kubeconfig})
            assert added["status"] == "connected", added
        yield found
        for workflow in found.made:
            for target in found.get(f"workflows/{workflow}/targets")["targets"]:
                if target["object_count"] or target["made_namespace"]:
                    found.finish(found.post(f"targets/{target['id']}/undeploy", {"timeout_seconds": 90}))


@pytest.fixture
def look(rest: Rest) -> Callable[..., Json | None]:
    """`look("Deployment", "web", "apps")`: the object as it is in the cluster; None when it is not there."""
    from clusters.kube.gateway import NotFound
    from clusters.services import call, gateway_for

    cluster = Cluster.objects.get(name=rest.cluster)

    def find(kind: str, name: str, group: str = "") -> Json | None:
        gateway = gateway_for(cluster.pk)

        async def get() -> Json | None:
            served = (await gateway.capabilities()).find(group, kind)
            assert served is not None
            try:
                return await gateway.get(served, name, rest.namespace if served.namespaced else "")
            except NotFound:
                return None

        return call(get())

    return find


@pytest.fixture(autouse=True)
def _gateways() -> Iterator[None]:
    yield
    forget_all()
