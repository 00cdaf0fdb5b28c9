"""Workflows: create, list, get, change, delete and bring back."""

from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry
from clusters.models import Cluster
from realtime.models import Event
from tests.api.workflows.drawing import API, EDGES, GRAPH, NODES, node
from tests.factories import JsonClient, make_client
from workflows.models import Workflow

pytestmark = pytest.mark.django_db

URL = f"{API}/workflows"
KEYS = {
    "id", "name", "description", "slug", "status", "tags", "cluster", "cluster_id", "namespace", "node_count",
    "edge_count", "latest_version", "role", "created_at", "updated_at", "nodes", "edges",
}  # fmt: skip


class TestCreate:
    def test_with_a_name_only(self, client: JsonClient, member: User) -> None:
        answer = client.post(URL, {"name": "My app"})
        body = answer.json()
        assert answer.status_code == 201
        assert set(body) == KEYS
        assert (body["name"], body["description"], body["status"]) == ("My app", "", "draft")
        assert (body["nodes"], body["edges"], body["tags"]) == ([], [], [])
        assert (body["slug"], body["latest_version"]) == ("my-app", 0)
        assert answer["ETag"] == f'"{body["id"]}.1"'
        row = Workflow.objects.get()
        assert (row.workspace_id, row.owner_id) == (member.personal_workspace.pk, member.pk)
        entry = AuditEntry.objects.get(action="workflow.created")
        assert (entry.object_id, entry.object_name, entry.actor_id) == (body["id"], "My app", member.pk)
        event = Event.objects.get(type="workflow.created")
        assert event.subject == body["id"]
        assert "nodes" not in event.payload

    def test_with_everything(self, client: JsonClient) -> None:
        body = {
            "name": "  Shop   of things ",
            "description": "sells\nthings ",
            "tags": ["a", " b ", "a", ""],
            "namespace": "shop",
            "cluster": None,
            **GRAPH,
        }
        made = client.post(URL, body).json()
        assert made["name"] == "Shop of things"
        assert made["description"] == "sells\nthings "
        assert (made["tags"], made["namespace"], made["cluster"]) == (["a", "b"], "shop", None)
        assert (made["nodes"], made["edges"]) == (NODES, EDGES)
        assert (made["node_count"], made["edge_count"]) == (2, 1)

    def test_what_a_client_may_not_choose(self, client: JsonClient) -> None:
        made = client.post(URL, {"name": "x", "id": "mine", "status": "published", "slug": "s", "revision": 9}).json()
        assert made["id"] != "mine"
        assert (made["status"], made["slug"]) == ("draft", "x")

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({}, "name"),
            ({"name": ""}, "name"),
            ({"name": "   "}, "name"),
            ({"name": None}, "name"),
            ({"name": "x" * 201}, "name"),
            ({"name": "a\u0007b"}, "name"),
            ({"name": "x", "tags": "red"}, "tags"),
            ({"name": "x", "tags": ["x" * 51]}, "tags"),
            ({"name": "x", "tags": [str(number) for number in range(51)]}, "tags"),
            ({"name": "x", "namespace": "Not_A_Namespace"}, "namespace"),
            ({"name": "x", "description": ["list"]}, "description"),
        ],
    )
    def test_validation(self, client: JsonClient, change: dict[str, Any], field: str) -> None:
        answer = client.post(URL, change)
        assert answer.status_code == 400
        assert field in answer.json()["fields"]
        assert not Workflow.objects.exists()

    def test_an_unknown_cluster(self, client: JsonClient) -> None:
        answer = client.post(URL, {"name": "x", "cluster": "nowhere"})
        assert (answer.status_code, answer.json()["code"]) == (404, "cluster_not_found")

    def test_a_graph_that_cannot_be_kept_makes_nothing(self, client: JsonClient) -> None:
        answer = client.post(URL, {"name": "x", "nodes": [node("a", "spaceship")]})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_graph")
        assert not Workflow.objects.exists()

    @pytest.mark.parametrize("body", [b"[]", b"7", b'"x"', b"{", b"\xff"])
    def test_what_is_no_object(self, client: JsonClient, body: bytes) -> None:
        answer = client.generic("POST", URL, body, content_type="application/json")
        assert answer.status_code == 400
        assert answer.json()["error"]

    def test_equal_names_get_labels_of_their_own(self, client: JsonClient, stranger: JsonClient) -> None:
        slugs = [client.post(URL, {"name": "Web shop"}).json()["slug"] for _ in range(3)]
        assert slugs == ["web-shop", "web-shop-2", "web-shop-3"]
        assert stranger.post(URL, {"name": "Web shop"}).json()["slug"] == "web-shop"

    @pytest.mark.parametrize(
        ("name", "slug"),
        [("製品", "workflow"), ("Größe & Co.", "groe-co"), ("x" * 200, "x" * 40), ("_a_b_", "a-b"), ("--", "workflow")],
    )
    def test_a_label_from_any_name(self, client: JsonClient, name: str, slug: str) -> None:
        made = client.post(URL, {"name": name}).json()
        assert (made["name"], made["slug"]) == (name, slug)

    def test_twice_with_one_key(self, client: JsonClient) -> None:
        first = client.post(URL, {"name": "Once", **GRAPH}, HTTP_IDEMPOTENCY_KEY="k1")
        again = client.post(URL, {"name": "Once", **GRAPH}, HTTP_IDEMPOTENCY_KEY="k1")
        assert (again.status_code, again.json(), again["ETag"]) == (201, first.json(), first["ETag"])
        assert Workflow.objects.count() == 1
        other = client.post(URL, {"name": "Other"}, HTTP_IDEMPOTENCY_KEY="k1")
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")

    def test_nobody(self) -> None:
        assert JsonClient().post(URL, {"name": "x"}).status_code == 401


class TestList:
    @pytest.fixture
    def three(self, client: JsonClient) -> list[str]:
        ids = []
        for number, name in enumerate(("banana", "Apple 100%", "cherry_pie")):
            with time_machine.travel(1_700_000_000 + number, tick=False):
                body = {"name": name, "description": f"about {name}", "tags": [f"tag{number}", "größe"]}
                ids.append(client_at(client, body))
        return ids

    def test_empty(self, client: JsonClient) -> None:
        assert client.get(URL).json() == {"workflows": [], "total": 0, "page": 1, "limit": 20}

    def test_newest_first_and_whole(self, client: JsonClient, workflow: dict[str, Any]) -> None:
        newer = client.post(URL, {"name": "Newer"}).json()
        body = client.get(URL).json()
        assert [item["id"] for item in body["workflows"]] == [newer["id"], workflow["id"]]
        assert set(body["workflows"][1]) == KEYS
        assert body["workflows"][1]["nodes"] == NODES
        assert body["workflows"][1] == client.get(workflow["url"]).json()

    def test_summary(self, client: JsonClient, workflow: dict[str, Any]) -> None:
        item = client.get(URL, {"fields": "summary"}).json()["workflows"][0]
        assert set(item) == KEYS - {"nodes", "edges"}
        assert (item["node_count"], item["edge_count"]) == (2, 1)
        assert client.get(URL, {"fields": "all"}).status_code == 400

    def test_paging(self, client: JsonClient, three: list[str]) -> None:
        first = client.get(URL, {"limit": 2, "order": "asc"}).json()
        assert ([item["id"] for item in first["workflows"]], first["total"]) == (three[:2], 3)
        second = client.get(URL, {"limit": 2, "page": 2, "order": "asc"}).json()
        assert [item["id"] for item in second["workflows"]] == three[2:]
        past = client.get(URL, {"page": 9})
        assert (past.status_code, past.json()) == (200, {"workflows": [], "total": 3, "page": 9, "limit": 20})
        assert client.get(URL, {"limit": 1000}).json()["limit"] == 100

    @pytest.mark.parametrize(
        "params", [{"page": 0}, {"page": "x"}, {"order": "up"}, {"sort": "graph"}, {"status": "open"}, {"deleted": "x"}]
    )
    def test_bad_parameters(self, client: JsonClient, params: dict[str, Any]) -> None:
        answer = client.get(URL, params)
        assert answer.status_code == 400
        assert list(answer.json()["fields"]) == list(params)

    def test_sorting(self, client: JsonClient, three: list[str]) -> None:
        def names(**params: str) -> list[str]:
            return [item["name"] for item in client.get(URL, params).json()["workflows"]]

        assert names(sort="name", order="asc") == ["Apple 100%", "banana", "cherry_pie"]
        assert names(sort="created_at") == ["cherry_pie", "Apple 100%", "banana"]
        client.put(f"{URL}/{three[0]}", {"description": "touched"})
        assert names(sort="updated_at")[0] == "banana"

    @pytest.mark.parametrize(
        ("search", "found"),
        [
            ("apple", {"Apple 100%"}),
            ("100%", {"Apple 100%"}),
            ("_", {"cherry_pie"}),
            ("ABOUT B", {"banana"}),
            ("tag2", {"cherry_pie"}),
            ("größe", {"banana", "Apple 100%", "cherry_pie"}),
            ("%", {"Apple 100%"}),
            ("nothing like it", set()),
            ('"', set()),
            ("\\", set()),
            ("[", set()),
            (",", set()),
        ],
    )
    def test_search_is_literal(self, client: JsonClient, three: list[str], search: str, found: set[str]) -> None:
        body = client.get(URL, {"search": search}).json()
        assert {item["name"] for item in body["workflows"]} == found
        assert body["total"] == len(found)

    def test_search_finds_a_quote_and_a_backslash_in_a_tag(self, client: JsonClient, three: list[str]) -> None:
        client.put(f"{URL}/{three[0]}", {"tags": ['the "big" one', "C:\\"]})
        for text in ('"BIG"', '"', "\\", "c:\\"):
            assert [item["name"] for item in client.get(URL, {"search": text}).json()["workflows"]] == ["banana"], text

    @pytest.mark.parametrize("search", ["\x00", "\ud7ff\U0010ffff", "'\"\\", "x" * 5000])
    def test_no_search_is_an_error(self, client: JsonClient, three: list[str], search: str) -> None:
        assert client.get(URL, {"search": search}).status_code == 200

    def test_by_status(self, client: JsonClient, three: list[str]) -> None:
        client.put(f"{URL}/{three[0]}/status", {"status": "archived"})
        assert [item["id"] for item in client.get(URL, {"status": "archived"}).json()["workflows"]] == three[:1]
        assert client.get(URL, {"status": "draft"}).json()["total"] == 2

    def test_others_see_nothing(self, stranger: JsonClient, workflow: dict[str, Any]) -> None:
        assert stranger.get(URL).json()["total"] == 0
        assert JsonClient().get(URL).status_code == 401

    @pytest.mark.parametrize("params", [{}, {"fields": "summary"}, {"search": "o"}])
    def test_queries(
        self, client: JsonClient, three: list[str], params: dict[str, str], django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(3):  # the session, the number of rows, the page
            assert client.get(URL, params).status_code == 200


def client_at(client: JsonClient, body: dict[str, Any]) -> str:
    """A new client of the same person: tokens do not outlast a journey in time."""
    user = User.objects.get(email="member@example.com")
    return str(make_client(user).post(URL, body).json()["id"])


class TestGet:
    def test_success(self, client: JsonClient, workflow: dict[str, Any], django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(2):  # the session, the workflow with its cluster
            answer = client.get(workflow["url"])
        assert answer.status_code == 200
        assert answer["ETag"] == workflow["etag"]
        assert answer["Content-Type"] == "application/json"
        assert answer.json() == {key: workflow[key] for key in KEYS}

    def test_a_slash_at_the_end(self, client: JsonClient, workflow: dict[str, Any]) -> None:
        assert client.get(f"{workflow['url']}/").json()["id"] == workflow["id"]

    @pytest.mark.parametrize("name", ["x", "01a215f3-9a1d-757b-8e9c-e431d977d458", "%00", "..", "'; --", "1" * 5000])
    def test_missing(self, client: JsonClient, name: str) -> None:
        answer = client.get(f"{URL}/{name}")
        assert answer.status_code == 404
        assert answer.json()["error"]

    def test_not_ones_own(self, stranger: JsonClient, workflow: dict[str, Any]) -> None:
        answer = stranger.get(workflow["url"])
        assert (answer.status_code, answer.json()["code"]) == (404, "workflow_not_found")
        assert JsonClient().get(workflow["url"]).status_code == 401


class TestUpdate:
    def test_what_is_sent(self, client: JsonClient, workflow: dict[str, Any]) -> None:
        answer = client.put(workflow["url"], {"name": "Renamed", "tags": ["new"]})
        body = answer.json()
        assert answer.status_code == 200
        assert (body["name"], body["tags"], body["slug"], body["nodes"]) == ("Renamed", ["new"], "shop", NODES)
        assert answer["ETag"] == client.get(workflow["url"])["ETag"] != workflow["etag"]
        assert AuditEntry.objects.get(action="workflow.updated").detail == {"changed": ["name", "tags"]}

    def test_the_graph_too(self, client: JsonClient, workflow: dict[str, Any]) -> None:
        body = client.put(workflow["url"], {"nodes": [node("only")], "edges": []}).json()
        assert (body["nodes"], body["edges"], body["node_count"]) == ([node("only")], [], 1)

    def test_one_list_leaves_the_other(self, client: JsonClient, workflow: dict[str, Any]) -> None:
        nodes = [*NODES, node("more", image="x")]
        body = client.put(workflow["url"], {"nodes": nodes}).json()
        assert (body["nodes"], body["edges"]) == (nodes, EDGES)
        assert client.put(workflow["url"], {"edges": []}).json()["nodes"] == nodes
        answer = client.put(workflow["url"], {"nodes": [], "edges": EDGES})
        assert answer.json()["details"]["problems"][0]["code"] == "dangling_edge"

    def test_put_back_what_one_got(self, client: JsonClient, workflow: dict[str, Any]) -> None:
        body = client.get(workflow["url"]).json()
        answer = client.put(workflow["url"], body)
        assert (answer.status_code, answer.json(), answer["ETag"]) == (200, body, workflow["etag"])
        assert not AuditEntry.objects.filter(action="workflow.updated").exists()

    def test_an_empty_body_changes_nothing(self, client: JsonClient, workflow: dict[str, Any]) -> None:
        answer = client.generic("PUT", workflow["url"], b"", content_type="")
        assert (answer.status_code, answer["ETag"]) == (200, workflow["etag"])

    @pytest.mark.parametrize("empty", ["", None])
    def test_clearing(self, client: JsonClient, workflow: dict[str, Any], empty: str | None) -> None:
        client.put(workflow["url"], {"description": "d", "namespace": "n", "tags": ["t"]})
        body = client.put(workflow["url"], {"description": empty, "namespace": empty, "cluster": empty, "tags": None})
        assert [body.json()[key] for key in ("description", "namespace", "cluster", "tags")] == ["", "", None, []]

    def test_validation(self, client: JsonClient, workflow: dict[str, Any]) -> None:
        assert "name" in client.put(workflow["url"], {"name": ""}).json()["fields"]
        assert client.put(workflow["url"], {"name": "New", "nodes": [{"id": 1}]}).status_code == 400
        assert client.get(workflow["url"]).json()["name"] == "Shop"

    def test_if_match(self, client: JsonClient, workflow: dict[str, Any]) -> None:
        assert client.put(workflow["url"], {"name": "One"}, HTTP_IF_MATCH=workflow["etag"]).status_code == 200
        late = client.put(workflow["url"], {"name": "Two"}, HTTP_IF_MATCH=workflow["etag"])
        assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
        assert client.get(workflow["url"]).json()["name"] == "One"
        assert client.put(workflow["url"], {"name": "Three"}, HTTP_IF_MATCH="*").status_code == 200

    def test_not_ones_own(self, client: JsonClient, stranger: JsonClient, workflow: dict[str, Any]) -> None:
        assert stranger.put(workflow["url"], {"name": "Mine"}).status_code == 404
        assert JsonClient().put(workflow["url"], {"name": "Mine"}).status_code == 401
        assert client.get(workflow["url"])["ETag"] == workflow["etag"]


class TestCluster:
    """Where a workflow runs unless a run says otherwise."""

    @pytest.fixture
    def cluster(self, member: User) -> Cluster:
        now = timezone.now()
        return Cluster.objects.create(
            workspace=member.personal_workspace,
            owner=member,
            name="lab",
            server="https://lab.example.com",
            auth_type="bearer_token",
            created_at=now,
            updated_at=now,
        )

    def test_by_name_or_id(self, client: JsonClient, cluster: Cluster, workflow: dict[str, Any]) -> None:
        for named in ("lab", cluster.pk):
            made = client.post(URL, {"name": "x", "cluster": named}).json()
            assert (made["cluster"], made["cluster_id"]) == ("lab", cluster.pk)
        body = client.put(workflow["url"], {"cluster": "lab"}).json()
        assert (body["cluster"], body["cluster_id"]) == ("lab", cluster.pk)
        etag = client.get(workflow["url"])["ETag"]
        assert client.put(workflow["url"], body)["ETag"] == etag
        assert client.post(f"{workflow['url']}/clone").json()["cluster"] == "lab"
        assert client.get(URL, {"fields": "summary"}).json()["workflows"][0]["cluster"] == "lab"

    def test_not_ones_own(self, stranger: JsonClient, cluster: Cluster) -> None:
        for named in ("lab", cluster.pk):
            answer = stranger.post(URL, {"name": "x", "cluster": named})
            assert (answer.status_code, answer.json()["code"]) == (404, "cluster_not_found")

    def test_it_may_go(self, client: JsonClient, cluster: Cluster, workflow: dict[str, Any]) -> None:
        client.put(workflow["url"], {"cluster": "lab"})
        cluster.delete()
        assert client.get(workflow["url"]).json()["cluster"] is None
