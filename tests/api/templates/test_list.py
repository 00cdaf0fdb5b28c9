"""The list of templates: node types, from which the editor draws its palette, forms and edges, and stacks."""

import pytest

from accounts.models import User
from tests.factories import JsonClient, make_client

pytestmark = pytest.mark.django_db

URL = "/v1/api/templates"
NODES = f"{URL}?what=node_type"


def test_all_that_an_editor_needs(member: User) -> None:
    body = make_client(member).get(f"{NODES}&limit=100").json()
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
    rows = make_client(member).get(f"{NODES}&limit=100").json()["templates"]
    known = {row["type"] for row in rows} | {"crd:*"}
    for row in rows:
        for connection in row["connections"]:
            assert {*connection["sources"], *connection["targets"]} <= known
            assert row["type"] in {*connection["sources"], *connection["targets"]}


def test_list_rules(member: User) -> None:
    client = make_client(member)
    first = client.get(f"{NODES}&limit=2").json()
    assert [row["type"] for row in first["templates"]] == ["deployment", "statefulset"]
    assert client.get(f"{NODES}&limit=2&page=99").json()["templates"] == []
    assert [row["type"] for row in client.get(f"{NODES}&search=cronjob").json()["templates"]] == ["cronjob"]
    last = client.get(f"{NODES}&sort=type&order=desc&limit=1").json()
    assert last["templates"][0]["type"] == "statefulset"
    for bad in ("page=0", "sort=icon", "order=sideways", "what=all"):
        assert client.get(f"{URL}?{bad}").status_code == 400


def test_queries(member: User, django_assert_num_queries: object) -> None:
    client = make_client(member)
    with django_assert_num_queries(2):  # type: ignore[operator]  # that of the session, and which plugins one uses
        client.get(NODES)
    with django_assert_num_queries(3):  # type: ignore[operator]  # and what people kept
        client.get(URL)


def test_node_types_and_stacks_in_one_list(member: User) -> None:
    client = make_client(member)
    body = client.get(f"{URL}?limit=100").json()
    kinds = {what: [row["id"] for row in body["templates"] if row["what"] == what] for what in ("node_type", "stack")}
    assert (len(kinds["node_type"]), len(kinds["stack"])) == (22, body["total"] - 22)
    assert len(kinds["stack"]) >= 25
    assert client.get(f"{URL}?what=stack&search=wordpress").json()["templates"][0]["id"] == "wordpress"
    databases = client.get(f"{URL}?what=stack&category=Data&limit=100").json()["templates"]
    assert {row["category"] for row in databases} == {"Data"}
    names = [
        row["display_name"] for row in client.get(f"{URL}?what=stack&sort=display_name&limit=100").json()["templates"]
    ]
    assert names == sorted(names)


def test_nobody() -> None:
    assert JsonClient().get(URL).status_code == 401
