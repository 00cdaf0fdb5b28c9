"""Versions: made of the draft, listed, named, compared, restored."""

from typing import Any

import pytest

from accounts.models import User
from accounts.principals import principal_of
from audit.models import AuditEntry
from realtime.models import Event
from tests.api.workflows.drawing import EDGES, NODES, Json, edge, node
from tests.factories import JsonClient
from workflows.models import Version, Workflow
from workflows.services import snapshot_version

pytestmark = pytest.mark.django_db

SUMMARY = {
    "id", "workflow_id", "version", "name", "description", "tag", "is_automatic", "restored_from", "node_count",
    "edge_count", "created_by", "created_at", "updated_at",
}  # fmt: skip


@pytest.fixture
def url(workflow: Json) -> str:
    return f"{workflow['url']}/versions"


def draw(client: JsonClient, workflow: Json, *nodes: Json, edges: tuple[Json, ...] = ()) -> None:
    answer = client.post(f"{workflow['url']}/save", {"nodes": list(nodes), "edges": list(edges)})
    assert answer.status_code == 200, answer.json()


class TestCreate:
    def test_success(self, client: JsonClient, workflow: Json, url: str) -> None:
        answer = client.post(url, {"name": "First", "description": "d", "tag": "v1.0.0"})
        body = answer.json()
        assert answer.status_code == 201
        assert set(body) == SUMMARY | {"nodes", "edges"}
        assert (body["version"], body["name"], body["description"], body["tag"]) == (1, "First", "d", "v1.0.0")
        assert (body["nodes"], body["edges"], body["node_count"]) == (NODES, EDGES, 2)
        assert (body["is_automatic"], body["restored_from"]) == (False, None)
        assert (body["workflow_id"], body["created_by"]) == (workflow["id"], "member@example.com")
        assert answer["ETag"] == client.get(f"{url}/1")["ETag"]
        after = client.get(workflow["url"])
        assert (after.json()["latest_version"], after["ETag"]) == (1, workflow["etag"])
        assert AuditEntry.objects.get(action="workflow.version_created").detail["version"] == 1
        assert Event.objects.get(type="workflow.version_created").payload["version"] == 1

    def test_numbers_have_no_gaps(self, client: JsonClient, url: str) -> None:
        assert [client.post(url).json()["version"] for _ in range(3)] == [1, 2, 3]

    def test_it_does_not_change_with_the_draft(self, client: JsonClient, workflow: Json, url: str) -> None:
        client.post(url)
        draw(client, workflow, node("other", image="x"))
        assert client.get(f"{url}/1").json()["nodes"] == NODES

    def test_validation(self, client: JsonClient, url: str) -> None:
        for field, length in (("name", 201), ("tag", 101)):
            answer = client.post(url, {field: "x" * length})
            assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
        assert not Version.objects.exists()

    def test_twice_with_one_key(self, client: JsonClient, url: str) -> None:
        bodies = [client.post(url, HTTP_IDEMPOTENCY_KEY="k").json() for _ in range(2)]
        assert bodies[0] == bodies[1]

    def test_not_ones_own(self, stranger: JsonClient, url: str) -> None:
        assert stranger.post(url).status_code == 404
        assert JsonClient().post(url).status_code == 401


class TestSnapshot:
    def test_of_the_draft_as_it_is_now(self, client: JsonClient, member: User, workflow: Json, url: str) -> None:
        read_before = Workflow.objects.get()
        draw(client, workflow, node("now", image="x"))
        etag = client.get(workflow["url"])["ETag"]
        version = snapshot_version(
            workflow=read_before, message="for a run", is_automatic=True, actor=principal_of(member)
        )
        assert (version.number, read_before.latest_version) == (1, 1)
        body = client.get(f"{url}/1").json()
        assert (body["is_automatic"], body["description"]) == (True, "for a run")
        assert body["nodes"] == [node("now", image="x")]
        assert client.get(workflow["url"])["ETag"] == etag


class TestList:
    def test_newest_first_without_graphs(self, client: JsonClient, url: str, django_assert_num_queries: Any) -> None:
        assert client.get(url).json() == {"versions": [], "total": 0, "page": 1, "limit": 20}
        for name in ("a", "b", "c"):
            client.post(url, {"name": name})
        with django_assert_num_queries(4):  # the session, the workflow, the number, the page
            body = client.get(url).json()
        assert [item["version"] for item in body["versions"]] == [3, 2, 1]
        assert set(body["versions"][0]) == SUMMARY
        page = client.get(url, {"limit": 2, "page": 2, "order": "asc", "sort": "version"}).json()
        assert ([item["version"] for item in page["versions"]], page["total"]) == ([3], 3)
        assert client.get(url, {"page": 7}).json()["versions"] == []
        assert client.get(url, {"search": "B"}).json()["total"] == 1

    def test_bad_parameters(self, client: JsonClient, url: str) -> None:
        for params in ({"page": 0}, {"order": "x"}, {"sort": "graph"}):
            assert client.get(url, params).status_code == 400

    def test_not_ones_own(self, stranger: JsonClient, url: str) -> None:
        assert stranger.get(url).status_code == 404
        assert JsonClient().get(url).status_code == 401


class TestOne:
    def test_missing(self, client: JsonClient, url: str) -> None:
        client.post(url)
        for number in ("2", "0", "-1", "01", "x", "1.0", "9" * 30, "draft"):
            answer = client.get(f"{url}/{number}")
            assert (answer.status_code, answer.json()["code"]) == (404, "version_not_found")

    def test_naming(self, client: JsonClient, workflow: Json, url: str) -> None:
        etag = client.post(url, {"name": "a", "tag": "t"})["ETag"]
        answer = client.put(f"{url}/1", {"name": "b", "description": "more"})
        body = answer.json()
        assert (body["name"], body["description"], body["tag"]) == ("b", "more", "t")
        assert answer["ETag"] != etag
        assert client.get(f"{url}/1").json() == body
        assert client.put(f"{url}/1", {"tag": None}).json()["tag"] == ""
        assert client.get(workflow["url"])["ETag"] == workflow["etag"]
        assert AuditEntry.objects.filter(action="workflow.version_updated").count() == 2

    def test_the_graph_stays(self, client: JsonClient, url: str) -> None:
        client.post(url)
        answer = client.put(f"{url}/1", {"nodes": [], "edges": [], "version": 9, "is_automatic": True})
        assert (answer.status_code, answer.json()["nodes"], answer.json()["version"]) == (200, NODES, 1)
        assert client.generic("PUT", f"{url}/1", b"", content_type="").status_code == 200
        assert client.put(f"{url}/1", {"name": "x" * 201}).status_code == 400
        assert client.put(f"{url}/2", {"name": "x"}).status_code == 404

    def test_if_match(self, client: JsonClient, url: str) -> None:
        etag = client.post(url)["ETag"]
        assert client.put(f"{url}/1", {"name": "One"}, HTTP_IF_MATCH=etag).status_code == 200
        assert client.put(f"{url}/1", {"name": "Two"}, HTTP_IF_MATCH=etag).status_code == 412

    def test_not_ones_own(self, client: JsonClient, stranger: JsonClient, url: str) -> None:
        client.post(url)
        assert stranger.get(f"{url}/1").status_code == 404
        assert stranger.put(f"{url}/1", {"name": "x"}).status_code == 404
        assert JsonClient().get(f"{url}/1").status_code == 401
        assert JsonClient().put(f"{url}/1", {}).status_code == 401


class TestRestore:
    def test_success(self, client: JsonClient, workflow: Json, url: str) -> None:
        client.post(url, {"name": "First", "tag": "v1"})
        draw(client, workflow, node("other", image="x"))
        answer = client.post(f"{url}/1/restore")
        body = answer.json()
        assert answer.status_code == 200
        assert set(body) == {"workflow", "version"}
        assert (body["workflow"]["nodes"], body["workflow"]["edges"]) == (NODES, EDGES)
        assert (body["workflow"]["latest_version"], body["workflow"]["node_count"]) == (2, 2)
        assert (body["version"]["version"], body["version"]["restored_from"]) == (2, 1)
        assert (body["version"]["nodes"], body["version"]["tag"]) == (NODES, "")
        assert answer["ETag"] == client.get(workflow["url"])["ETag"]
        assert client.get(workflow["url"]).json() == body["workflow"]
        assert client.get(f"{url}/2").json() == body["version"]
        entry = AuditEntry.objects.get(action="workflow.version_restored")
        assert entry.detail == {"restored_from": 1, "version": 2}

    def test_missing(self, client: JsonClient, url: str) -> None:
        assert client.post(f"{url}/1/restore").status_code == 404

    def test_if_match(self, client: JsonClient, workflow: Json, url: str) -> None:
        client.post(url)
        draw(client, workflow, node("other", image="x"))
        assert client.post(f"{url}/1/restore", HTTP_IF_MATCH=workflow["etag"]).status_code == 412
        assert Version.objects.count() == 1

    def test_not_ones_own(self, client: JsonClient, stranger: JsonClient, url: str) -> None:
        client.post(url)
        assert stranger.post(f"{url}/1/restore").status_code == 404
        assert JsonClient().post(f"{url}/1/restore").status_code == 401


class TestCompare:
    def test_what_changed(self, client: JsonClient, workflow: Json, url: str) -> None:
        client.post(url)
        web = node("web", image="nginx:1.28", replicas=2, ports=[{"port": 80}])
        moved = {**node("front", "service"), "position": {"x": 1, "y": 2}}
        added = node("back", "service")
        edges = (edge("e1", "front", "web", port=81), edge("e2", "back", "web"))
        draw(client, workflow, web, moved, added, edges=edges)
        client.post(url)
        body = client.get(f"{url}/compare", {"v1": 1, "v2": 2}).json()
        assert body == {
            "v1": 1,
            "v2": 2,
            "nodes": {
                "added": [{"id": "back", "type": "service", "name": "back"}],
                "removed": [],
                "changed": [
                    {
                        "id": "web",
                        "type": "deployment",
                        "name": "web",
                        "changes": [{"path": "data.image", "from": "nginx:1.27", "to": "nginx:1.28"}],
                    }
                ],
                "moved": [{"id": "front", "type": "service", "from": {"x": 10, "y": 20.5}, "to": {"x": 1, "y": 2}}],
            },
            "edges": {
                "added": [{"id": "e2", "source": "back", "target": "web"}],
                "removed": [],
                "changed": [
                    {
                        "id": "e1",
                        "source": "front",
                        "target": "web",
                        "changes": [{"path": "data.port", "from": None, "to": 81}],
                    }
                ],
            },
        }
        back = client.get(f"{url}/compare", {"v1": 2, "v2": 1}).json()
        assert [item["id"] for item in back["nodes"]["removed"]] == ["back"]

    def test_with_the_draft_and_itself(self, client: JsonClient, workflow: Json, url: str) -> None:
        client.post(url)
        nothing = client.get(f"{url}/compare", {"v1": 1, "v2": 1}).json()
        assert nothing["nodes"] == {"added": [], "removed": [], "changed": [], "moved": []}
        draw(client, workflow)
        body = client.get(f"{url}/compare", {"v1": 1, "v2": "draft"}).json()
        assert (body["v2"], len(body["nodes"]["removed"])) == ("draft", 2)

    def test_secret_values_only_as_changed(self, client: JsonClient, workflow: Json, url: str) -> None:
        for values in ({"A": "1", "B": "2"}, {"A": "3", "C": "4"}):
            draw(client, workflow, node("pw", "secret", values=values))
            client.post(url)
        changes = client.get(f"{url}/compare", {"v1": 1, "v2": 2}).json()["nodes"]["changed"][0]["changes"]
        assert changes == [
            {"path": "data.values.A", "from": "(secret)", "to": "(secret)"},
            {"path": "data.values.B", "from": "(secret)", "to": None},
            {"path": "data.values.C", "from": None, "to": "(secret)"},
        ]

    def test_what_is_missing(self, client: JsonClient, stranger: JsonClient, url: str) -> None:
        client.post(url)
        for params, field in (({}, "v1"), ({"v1": 1}, "v2"), ({"v2": 1}, "v1")):
            answer = client.get(f"{url}/compare", params)
            assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
        assert client.get(f"{url}/compare", {"v1": 1, "v2": 7}).status_code == 404
        assert stranger.get(f"{url}/compare", {"v1": 1, "v2": 1}).status_code == 404
        assert JsonClient().get(f"{url}/compare", {"v1": 1, "v2": 1}).status_code == 401
