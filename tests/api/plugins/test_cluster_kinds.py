"""The kinds of a cluster in the palette and in validation: whose cluster, and what when it is away."""

from typing import Any

import pytest

from tests.factories import JsonClient

pytestmark = pytest.mark.django_db

TEMPLATES = "/v1/api/templates?what=node_type&limit=1"


@pytest.fixture
def workflow(client: JsonClient) -> str:
    return f"/v1/api/workflows/{client.post('/v1/api/workflows', {'name': 'Toys'}).json()['id']}"


def test_only_whoever_may_see_the_cluster(client: JsonClient, stranger: JsonClient, add: Any, workflow: str) -> None:
    add("home")
    assert client.get(f"{TEMPLATES}&cluster=home").status_code == 200
    assert client.post(f"{workflow}/validate?cluster=home").json()["valid"] is True
    theirs = stranger.post("/v1/api/workflows", {"name": "Toys"}).json()["id"]
    for answer in (
        stranger.get(f"{TEMPLATES}&cluster=home"),
        stranger.post(f"/v1/api/workflows/{theirs}/validate?cluster=home"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "cluster_not_found")
    assert JsonClient().get(f"{TEMPLATES}&cluster=home").status_code == 401


def test_one_that_does_not_answer(client: JsonClient, add: Any, workflow: str) -> None:
    add("gone", server="https://127.0.0.1:9")
    answer = client.get(f"{TEMPLATES}&cluster=gone")
    assert (answer.status_code, answer.json()["code"]) == (503, "cluster_unreachable")
    assert answer.json()["details"]["reason"]
    assert client.post(f"{workflow}/validate?cluster=gone").json()["valid"] is True, "as without a cluster"


def test_queries(client: JsonClient, add: Any, django_assert_num_queries: Any) -> None:
    add("home")
    client.get(f"{TEMPLATES}&cluster=home")
    with django_assert_num_queries(3):  # the session, the cluster, and which plugins one uses
        client.get(f"{TEMPLATES}&cluster=home")
