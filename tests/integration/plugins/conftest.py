"""A person who draws, over HTTP, for the practice cluster and for a real one; the worker is the test's own thread."""

import contextlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.services import principal_of
from clusters.kube.gateway import NotFound
from clusters.models import Cluster
from clusters.practice.server import PracticeServer
from clusters.services import call, gateway_for
from clusters.services.custom_kinds import forget_custom_kinds
from core.work.runner import run_next
from tests.factories import JsonClient, make_client, make_user
from tests.integration.runs.support import practice_server, serving
from workflows.runs.rollback import WORK_KIND

__all__ = ["practice_server"]

Json = dict[str, Any]
API = "/v1/api"
KUBECONFIG = "SAILCLOTH_TEST_KUBECONFIG"
PATIENCE = 30.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a real cluster are left out where there is none."""
    for item in items:
        if "kube" in item.keywords and not os.environ.get(KUBECONFIG):
            item.add_marker(pytest.mark.skip(reason=f"needs {KUBECONFIG}"))


class Person:
    """Somebody with one cluster, in a namespace and with a group of kinds that nobody else has."""

    def __init__(self, client: JsonClient, cluster: Cluster) -> None:
        self.client = client
        self.cluster = cluster
        mark = secrets.token_hex(4)
        self.namespace, self.group = f"plugins-{mark}", f"p{mark}.example.com"

    def get(self, path: str) -> Json:
        answer = self.client.get(f"{API}{path}")
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    def post(self, path: str, body: Json | None = None, expected: int = 200) -> Json:
        answer = self.client.post(f"{API}{path}", body or {})
        assert answer.status_code == expected, answer.content
        return dict(answer.json())

    def offered(self, search: str) -> dict[str, Json]:
        """The node types that the palette shows for the cluster, by id."""
        rows = self.get(f"/templates?what=node_type&limit=100&cluster={self.cluster.name}&search={search}")["templates"]
        return {row["id"]: row for row in rows}

    def draw(self, nodes: list[Json], edges: list[Json] | None = None) -> str:
        body = {"name": "Toys", "namespace": self.namespace, "nodes": nodes, "edges": edges or []}
        return str(self.post("/workflows", body, 201)["id"])

    def problems(self, workflow: str) -> set[tuple[str, str, str]]:
        """What is wrong with the draft on the cluster: field, severity, code."""
        found = self.post(f"/workflows/{workflow}/validate?cluster={self.cluster.name}")["problems"]
        return {(each["field"], each["severity"], each["code"]) for each in found}

    def run(self, workflow: str) -> Json:
        started = self.post(f"/workflows/{workflow}/run", {"cluster": self.cluster.name, "namespace": self.namespace})
        while run_next([WORK_KIND]):
            pass
        return self.get(f"/runs/{started['run_id']}")

    def live(self, kind: str, name: str, group: str | None = None) -> Json | None:
        async def get() -> Json | None:
            served = (await gateway.capabilities(refresh=True)).find(self.group if group is None else group, kind)
            if served is None:
                return None
            try:
                return await gateway.get(served, name, self.namespace if served.namespaced else "")
            except NotFound:
                return None

        gateway = gateway_for(self.cluster.pk)
        return call(get())

    def define(self, kind: str, schema: Json, *, scope: str = "Namespaced") -> None:
        """Somebody installs a kind of their own, by no means of ours."""
        plural = f"{kind.lower()}s"
        body = {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{self.group}"},
            "spec": {
                "group": self.group,
                "scope": scope,
                "names": {"kind": kind, "plural": plural, "singular": kind.lower()},
                "versions": [
                    {
                        "name": "v1",
                        "served": True,
                        "storage": True,
                        "subresources": {"status": {}},
                        "schema": {"openAPIV3Schema": schema},
                    }
                ],
            },
        }
        self.raw("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body)
        self.eventually(lambda: kind in self.served())
        forget_custom_kinds(self.cluster.pk)

    def served(self) -> set[str]:
        """The kinds of the test's own group."""
        capabilities = call(gateway_for(self.cluster.pk).capabilities(refresh=True))
        return {each.kind for each in capabilities.kinds if each.group == self.group}

    def raw(self, method: str, path: str, body: Json | None = None, **query: str) -> Any:
        return call(gateway_for(self.cluster.pk).raw(method, path, query=query, body=body))

    def eventually(self, holds: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < until, "it did not come about in time"
            time.sleep(0.2)

    def clean_up(self) -> None:
        """Everything that the test may have left in the cluster."""
        definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        for item in self.raw("GET", definitions)["items"]:
            if item["spec"]["group"] == self.group:
                self.raw("DELETE", f"{definitions}/{item['metadata']['name']}")
        with contextlib.suppress(NotFound):
            self.raw("DELETE", f"/api/v1/namespaces/{self.namespace}")


@pytest.fixture(params=["practice", pytest.param("real", marks=pytest.mark.kube)])
def person(
    request: pytest.FixtureRequest,
    transactional_db: None,
    practice_server: PracticeServer,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Person]:
    monkeypatch.setattr("workflows.deploy.record.PATIENCE", 10.0)
    with serving(practice_server, settings):
        user = make_user()
        client, name = make_client(user), "practice"
        if request.param == "real":
            name = "real"
            text = Path(os.environ[KUBECONFIG]).read_text()
            answer = client.post(f"{API}/clusters", {"name": name, "auth_type": "kubeconfig", "kubeconfig": text})
            assert (answer.status_code, answer.json()["status"]) == (201, "connected")
        made = Person(client, Cluster.objects.get(workspace_id=principal_of(user).workspace, name=name))
        yield made
        made.clean_up()
