"""Two tenants with practice clusters of their own, and a workflow to run."""

from collections.abc import Iterator
from typing import Any

import pytest

from clusters.practice.server import PracticeServer
from tests.factories import JsonClient, make_client, make_user
from tests.integration.runs.support import practice_server, serving, shop

__all__ = ["practice_server"]

API = "/v1/api"


@pytest.fixture
def practice(
    db: None, practice_server: PracticeServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setattr("workflows.deploy.record.PATIENCE", 5.0)
    with serving(practice_server, settings):
        yield


@pytest.fixture
def client(practice: None) -> JsonClient:
    return make_client(make_user())


@pytest.fixture
def stranger(practice: None) -> JsonClient:
    """Signed in, in another workspace."""
    return make_client(make_user())


@pytest.fixture
def workflow(client: JsonClient) -> dict[str, Any]:
    graph = shop()
    sent = {"name": "Shop", "namespace": "shop", "nodes": graph.nodes, "edges": graph.edges}
    answer = client.post(f"{API}/workflows", sent)
    assert answer.status_code == 201, answer.json()
    return {**answer.json(), "url": f"{API}/workflows/{answer.json()['id']}", "etag": answer["ETag"]}
