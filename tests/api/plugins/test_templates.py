"""Node types over HTTP: what the editor draws its palette, forms and edges from."""

import pytest

from accounts.models import User
from tests.factories import JsonClient, make_client

pytestmark = pytest.mark.django_db

URL = "/v1/api/templates"


def test_all_that_an_editor_needs(member: User) -> None:
    body = make_client(member).get(f"{URL}?limit=100").json()
    by_type = {row["type"]: row for row in body["templates"]}
    assert body["total"] == len(by_type) == 22
    deployment = by_type["deployment"]
    assert deployment["kind"] == "Deployment"
    assert deployment["schema"]["required"] == ["name"], "an image may also come from a build"
    shown = [name for group in deployment["ui"]["groups"] for name in group["fields"]]
    assert sorted(shown) == sorted(deployment["schema"]["properties"]), "each field has one place in the form"
    selects = next(each for each in by_type["service"]["connections"] if "deployment" in each["targets"])
    assert selects["sources"] == ["service"]
    assert set(selects["schema"]["properties"]) >= {"port", "target_port"}


def test_every_end_of_an_edge_is_a_type(member: User) -> None:
    rows = make_client(member).get(f"{URL}?limit=100").json()["templates"]
    known = {row["type"] for row in rows}
    for row in rows:
        for connection in row["connections"]:
            assert {*connection["sources"], *connection["targets"]} <= known
            assert row["type"] in {*connection["sources"], *connection["targets"]}


def test_list_rules(member: User) -> None:
    client = make_client(member)
    first = client.get(f"{URL}?limit=2").json()
    assert [row["type"] for row in first["templates"]] == ["deployment", "statefulset"]
    assert client.get(f"{URL}?limit=2&page=99").json()["templates"] == []
    assert [row["type"] for row in client.get(f"{URL}?search=cronjob").json()["templates"]] == ["cronjob"]
    last = client.get(f"{URL}?sort=type&order=desc&limit=1").json()
    assert last["templates"][0]["type"] == "statefulset"
    for bad in ("page=0", "sort=icon", "order=sideways"):
        assert client.get(f"{URL}?{bad}").status_code == 400


def test_it_costs_no_query_of_its_own(member: User, django_assert_num_queries: object) -> None:
    client = make_client(member)
    with django_assert_num_queries(1):  # type: ignore[operator]  # that of the session
        client.get(URL)


def test_nobody() -> None:
    assert JsonClient().get(URL).status_code == 401
