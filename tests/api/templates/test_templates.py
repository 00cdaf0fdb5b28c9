"""Stacks over HTTP: used, kept, changed, shared and removed; and what nobody may do with somebody else's."""

import json
from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEntry
from plugins.stacks import shipped_stacks
from tests.factories import JsonClient, make_client
from workflows.models import Template, Workflow

pytestmark = pytest.mark.django_db
Json = dict[str, Any]

API = "/v1/api"
URL = f"{API}/templates"
CANARY = "canary-of-a-template"


@pytest.fixture
def client(member: User) -> JsonClient:
    return make_client(member)


@pytest.fixture
def stranger(other_member: User) -> JsonClient:
    return make_client(other_member)


@pytest.fixture
def workflow(client: JsonClient) -> Json:
    nodes = [
        {"id": "web", "type": "deployment", "data": {"name": "web", "image": "nginx:1.27", "replicas": 1}},
        {"id": "keys", "type": "secret", "data": {"name": "keys", "values": {"TOKEN": CANARY, "SALT": CANARY}}},
    ]
    edges = [{"id": "e", "source": "keys", "target": "web"}]
    answer = client.post(f"{API}/workflows", {"name": "Shop", "description": "Sells.", "nodes": nodes, "edges": edges})
    assert answer.status_code == 201
    return dict(answer.json())


@pytest.fixture
def kept(client: JsonClient, workflow: Json) -> Json:
    copies = {"name": "copies", "title": "Copies", "type": "integer", "default": 2, "places": [{"at": "web/replicas"}]}
    answer = client.post(URL, {"workflow_id": workflow["id"], "title": "Shop", "parameters": [copies]})
    assert answer.status_code == 201, answer.content
    return {**answer.json(), "etag": answer["ETag"]}


def test_one_with_all_that_it_asks(client: JsonClient) -> None:
    body = client.get(f"{URL}/wordpress").json()
    assert (body["what"], body["origin"], body["is_shared"]) == ("stack", "shipped", False)
    assert [each["name"] for each in body["parameters"]] == ["password", "root_password", "storage", "files"]
    assert {node["type"] for node in body["nodes"]} >= {"deployment", "statefulset", "secret", "service"}
    assert client.get(f"{URL}/deployment").json()["what"] == "node_type"
    for absent in ("no-such", "01920000-0000-7000-8000-000000000000", "a b"):
        assert client.get(f"{URL}/{absent}").status_code == 404


@pytest.mark.parametrize("name", [stack.id for stack in shipped_stacks()])
def test_each_becomes_a_workflow_that_could_run(name: str, client: JsonClient) -> None:
    answer = client.post(f"{URL}/{name}/instantiate", {"name": "Made of it", "namespace": "made"})
    assert answer.status_code == 201, answer.content
    assert (answer.json()["name"], answer.json()["namespace"]) == ("Made of it", "made")
    checked = client.post(f"{API}/workflows/{answer.json()['id']}/validate").json()
    assert (checked["valid"], checked["problems"]) == (True, [])


def test_answers_reach_the_graph_and_the_vault(client: JsonClient, member: User) -> None:
    values = {"storage": "7Gi", "password": CANARY}
    answer = client.post(f"{URL}/wordpress/instantiate", {"name": "Blog", "values": values})
    by_id = {node["id"]: node["data"] for node in answer.json()["nodes"]}
    assert by_id["db"]["claims"][0]["size"] == "7Gi"
    assert by_id["login"]["values"] == {"MARIADB_PASSWORD": None, "MARIADB_ROOT_PASSWORD": None}
    assert CANARY not in answer.content.decode() + Workflow.objects.get().graph
    assert AuditEntry.objects.filter(action="template.used", object_id="wordpress").count() == 1


def test_a_node_type_is_a_template_of_one_node(client: JsonClient) -> None:
    answer = client.post(f"{URL}/deployment/instantiate", {"name": "One"})
    assert answer.status_code == 201
    assert [node["type"] for node in answer.json()["nodes"]] == ["deployment"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "x", "values": {"storage": "much"}}, "values.storage"),
        ({"name": "x", "values": {"storage": 5}}, "values.storage"),
        ({"name": "x", "values": {"stray": "y"}}, "values.stray"),
        ({"name": "x", "namespace": "No Good"}, "namespace"),
        ({"name": "x", "cluster": "absent"}, "cluster"),
    ],
    ids=["name", "quantity", "type", "stray", "namespace", "cluster"],
)
def test_what_cannot_be_used(body: Json, field: str, client: JsonClient) -> None:
    answer = client.post(f"{URL}/wordpress/instantiate", body)
    assert answer.status_code in (400, 404)
    assert field in answer.json().get("fields", {}) or answer.status_code == 404
    assert not Workflow.objects.exists()


def test_the_same_request_twice_makes_one(client: JsonClient) -> None:
    sent = {"name": "Once"}
    first = client.post(f"{URL}/nats/instantiate", sent, HTTP_IDEMPOTENCY_KEY="one")
    again = client.post(f"{URL}/nats/instantiate", sent, HTTP_IDEMPOTENCY_KEY="one")
    assert first.json()["id"] == again.json()["id"]
    assert Workflow.objects.count() == 1


def test_kept_without_values(client: JsonClient, kept: Json, workflow: Json) -> None:
    assert (kept["origin"], kept["category"], kept["description"]) == ("yours", "Your own", "Sells.")
    asked = {each["name"]: each["type"] for each in kept["parameters"]}
    assert asked == {"copies": "integer", "keys_TOKEN": "secret", "keys_SALT": "secret"}
    assert CANARY not in json.dumps(kept) + Template.objects.get().graph
    assert client.get(f"{URL}?what=stack").json()["templates"][0]["id"] == kept["id"]
    refused = client.post(f"{URL}/{kept['id']}/instantiate", {"name": "Second"})
    assert "values.keys_TOKEN" in refused.json()["fields"]
    values = {"copies": 3, "keys_TOKEN": "a", "keys_SALT": "b"}
    made = client.post(f"{URL}/{kept['id']}/instantiate", {"name": "Second", "values": values}).json()
    assert made["nodes"][0]["data"]["replicas"] == 3
    assert made["edges"] == workflow["edges"]


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ({"name": "a", "title": "A", "places": [{"at": "absent/x"}]}, "names no field"),
        ({"name": "a", "title": "A", "type": "choice"}, "no choices"),
        ({"name": "keys_TOKEN", "title": "A"}, "Two parameters are called keys_TOKEN"),
    ],
    ids=["place", "choices", "twice"],
)
def test_what_cannot_be_kept(parameter: Json, words: str, client: JsonClient, workflow: Json) -> None:
    answer = client.post(URL, {"workflow_id": workflow["id"], "parameters": [parameter]})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_template")
    assert words in answer.json()["error"]
    assert not Template.objects.exists()


def test_changed_and_removed(client: JsonClient, kept: Json) -> None:
    url = f"{URL}/{kept['id']}"
    changed = client.put(url, {"title": " New   title ", "parameters": []}, HTTP_IF_MATCH=kept["etag"])
    assert (changed.status_code, changed.json()["display_name"], changed.json()["parameters"]) == (200, "New title", [])
    assert client.put(url, {"title": "Late"}, HTTP_IF_MATCH=kept["etag"]).status_code == 412
    assert client.put(url, {"title": "  "}).status_code == 400
    assert client.put(url, {"title": "New title"})["ETag"] == changed["ETag"], "no change"
    assert client.delete(url).json() == {"message": "The template New title was removed."}
    assert client.get(url).status_code == 404
    actions = set(AuditEntry.objects.filter(object_type="template").values_list("action", flat=True))
    assert actions == {"template.created", "template.updated", "template.deleted"}


def test_somebody_elses(client: JsonClient, stranger: JsonClient, kept: Json, other_member: User) -> None:
    url = f"{URL}/{kept['id']}"
    for answer in (stranger.get(url), stranger.put(url, {}), stranger.delete(url)):
        assert answer.status_code == 404
    assert stranger.post(f"{url}/instantiate", {"name": "x"}).status_code == 404
    client.put(url, {"is_shared": True})
    seen = stranger.get(url).json()
    assert (seen["origin"], seen["owner"]) == ("shared", "Member")
    values = {"keys_TOKEN": "a", "keys_SALT": "b"}
    made = stranger.post(f"{url}/instantiate", {"name": "Theirs", "values": values})
    assert made.status_code == 201
    assert Workflow.objects.get(pk=made.json()["id"]).owner_id == other_member.pk
    assert [stranger.put(url, {"title": "x"}).status_code, stranger.delete(url).status_code] == [403, 403]


def test_shipped_ones_stay(client: JsonClient) -> None:
    assert client.put(f"{URL}/nats", {"title": "x"}).status_code == 403
    assert client.delete(f"{URL}/nats").status_code == 403


def test_a_workflow_of_somebody_else_cannot_be_kept(stranger: JsonClient, workflow: Json) -> None:
    assert stranger.post(URL, {"workflow_id": workflow["id"]}).status_code == 404


def test_nobody(kept: Json) -> None:
    nobody = JsonClient()
    url = f"{URL}/{kept['id']}"
    sent = (nobody.post(URL, {}), nobody.get(url), nobody.put(url, {}), nobody.delete(url))
    assert {answer.status_code for answer in (*sent, nobody.post(f"{url}/instantiate", {}))} == {401}
