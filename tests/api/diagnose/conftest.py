"""A workflow that runs on a practice cluster and of which not all is well."""

import time
from typing import Any

import pytest

from tests.api.runs.conftest import API, client, practice, stranger
from tests.factories import JsonClient
from tests.integration.runs.support import deployment, edge, node, practice_server, work_off
from workflows.models import Run

__all__ = ["client", "practice", "practice_server", "stranger"]

Json = dict[str, Any]
CANARY = "canary-7f3a9c"
# This one the program prints, as programs do.
LOUD = "loud-5d21"


class Ill:
    """`web` crashes and prints its secret, `front` leads to the wrong port, `later` is suspended."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client
        script = f"echo connecting with {LOUD}; exit 7"
        nodes = [
            deployment("web", command=["sh", "-c", script], ports=[{"port": 8080, "name": "http"}]),
            node("front", "service", ports=[{"port": 80, "target_port": 9090}]),
            node("token", "secret", values={"KEY": CANARY, "LOUD": LOUD}),
            node("later", "cronjob", image="busybox:1", schedule="0 3 * * *", suspend=True),
            {"id": "about", "type": "note", "data": {"text": "For the eye."}},
        ]
        edges = [edge("front", "web"), edge("token", "web")]
        answer = client.post(f"{API}/workflows", {"name": "Ill", "namespace": "ill", "nodes": nodes, "edges": edges})
        assert answer.status_code == 201, answer.json()
        self.id = str(answer.json()["id"])
        self.url = f"{API}/workflows/{self.id}"
        self.etag = answer["ETag"]

    def run(self, seconds: int = 1) -> Run:
        answer = self.client.post(f"{self.url}/run", {"timeout_seconds": seconds})
        assert answer.status_code == 200, answer.json()
        return work_off(Run.objects.get(pk=answer.json()["run_id"]))

    def node(self, node_id: str) -> str:
        return f"{self.url}/nodes/{node_id}"

    def diagnostics(self, node_id: str, **query: str) -> Json:
        answer = self.client.get(f"{self.node(node_id)}/diagnostics", query)
        assert answer.status_code == 200, answer.json()
        return dict(answer.json())

    def cause(self, node_id: str, cause: str, seconds: float = 10) -> Json:
        """The check that found it; what goes wrong takes its time."""
        deadline = time.monotonic() + seconds
        while True:
            document = self.diagnostics(node_id)
            found = [check for check in document["checks"] if check["cause"] == cause]
            if found:
                return dict(found[0])
            assert time.monotonic() < deadline, document
            time.sleep(0.1)


@pytest.fixture
def drawn(client: JsonClient) -> Ill:
    """Not run yet."""
    return Ill(client)


@pytest.fixture
def ill(transactional_db: None, drawn: Ill) -> Ill:
    drawn.run()
    return drawn
