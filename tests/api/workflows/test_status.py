"""Publishing, archiving and copying."""

from typing import Any

import pytest

from audit.models import AuditEntry
from tests.api.workflows.drawing import API, EDGES, NODES, Json, node
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db

URL = f"{API}/workflows"


class TestStatus:
    def put(self, client: JsonClient, workflow: Json, status: Any, query: str = "", **more: Any) -> Any:
        return client.put(f"{workflow['url']}/status{query}", {"status": status, **more})

    def test_there_and_back(self, client: JsonClient, workflow: Json) -> None:
        for status in ("published", "archived", "draft", "archived", "published", "draft"):
            answer = self.put(client, workflow, status)
            assert (answer.status_code, answer.json()["status"]) == (200, status)
            assert "run_ids" not in answer.json()
            assert answer["ETag"] == client.get(workflow["url"])["ETag"]
        assert answer["ETag"] != workflow["etag"]
        entry = AuditEntry.objects.filter(action="workflow.status_changed").earliest("at")
        assert entry.detail == {"from": "draft", "to": "published"}

    def test_the_same_again(self, client: JsonClient, workflow: Json) -> None:
        answer = self.put(client, workflow, "draft")
        assert (answer.status_code, answer["ETag"]) == (200, workflow["etag"])

    def test_an_unfinished_one_is_not_published(self, client: JsonClient, workflow: Json) -> None:
        client.post(f"{workflow['url']}/save", {"nodes": [node("a")], "edges": []})
        answer = self.put(client, workflow, "published")
        body = answer.json()
        assert (answer.status_code, body["code"]) == (400, "invalid_graph")
        assert "image" in body["error"]
        assert [problem["code"] for problem in body["details"]["problems"]] == ["missing_image"]
        assert client.get(workflow["url"]).json()["status"] == "draft"
        assert self.put(client, workflow, "archived").status_code == 200

    @pytest.mark.parametrize("status", [None, "", "live", 7, ["draft"]])
    def test_validation(self, client: JsonClient, workflow: Json, status: Any) -> None:
        answer = self.put(client, workflow, status)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["status"])
        assert client.put(f"{workflow['url']}/status").status_code == 400

    def test_cleanup(self, client: JsonClient, workflow: Json, asked: list[Any]) -> None:
        self.put(client, workflow, "published")
        body = self.put(client, workflow, "archived", "?cleanup=true", delete_claims=["a/b"]).json()
        assert (body["status"], body["run_ids"]) == ("archived", ["run_1", "run_2"])
        assert asked == [(workflow["id"], "published", ["a/b"])]
        self.put(client, workflow, "archived")
        assert len(asked) == 1

    def test_cleanup_belongs_to_archiving(self, client: JsonClient, workflow: Json, asked: list[Any]) -> None:
        answer = self.put(client, workflow, "published", "?cleanup=true")
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["cleanup"])
        assert asked == []
        assert client.get(workflow["url"]).json()["status"] == "draft"

    def test_if_match(self, client: JsonClient, workflow: Json) -> None:
        client.put(workflow["url"], {"name": "Newer"})
        url = f"{workflow['url']}/status"
        assert client.put(url, {"status": "archived"}, HTTP_IF_MATCH=workflow["etag"]).status_code == 412

    def test_not_ones_own(self, stranger: JsonClient, workflow: Json) -> None:
        assert self.put(stranger, workflow, "archived").status_code == 404
        assert self.put(JsonClient(), workflow, "archived").status_code == 401


class TestClone:
    def test_a_draft_with_the_same_graph(self, client: JsonClient, workflow: Json) -> None:
        client.put(workflow["url"], {"description": "d", "tags": ["t"], "namespace": "n"})
        client.put(f"{workflow['url']}/status", {"status": "published"})
        client.post(f"{workflow['url']}/versions")
        answer = client.post(f"{workflow['url']}/clone")
        body = answer.json()
        assert answer.status_code == 201
        assert body["id"] != workflow["id"]
        assert (body["name"], body["status"], body["slug"]) == ("Shop (copy)", "draft", "shop-copy")
        assert (body["description"], body["tags"], body["namespace"]) == ("d", ["t"], "n")
        assert (body["nodes"], body["edges"], body["latest_version"]) == (NODES, EDGES, 0)
        assert answer["ETag"] == client.get(f"{URL}/{body['id']}")["ETag"]
        assert AuditEntry.objects.get(action="workflow.cloned").detail == {"cloned_from": workflow["id"]}

    def test_a_name(self, client: JsonClient, workflow: Json) -> None:
        assert client.post(f"{workflow['url']}/clone", {"name": " Second  shop "}).json()["name"] == "Second shop"
        assert client.post(f"{workflow['url']}/clone", {"name": None}).json()["name"] == "Shop (copy)"
        assert client.post(f"{workflow['url']}/clone", {"name": "x" * 201}).status_code == 400

    def test_a_long_name_stays_in_its_limits(self, client: JsonClient, workflow: Json) -> None:
        client.put(workflow["url"], {"name": "x" * 200})
        name = client.post(f"{workflow['url']}/clone").json()["name"]
        assert (len(name), name[-8:]) == (200, "x (copy)")

    def test_twice_with_one_key(self, client: JsonClient, workflow: Json) -> None:
        first = client.post(f"{workflow['url']}/clone", HTTP_IDEMPOTENCY_KEY="k")
        again = client.post(f"{workflow['url']}/clone", HTTP_IDEMPOTENCY_KEY="k")
        assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])

    def test_not_ones_own(self, stranger: JsonClient, workflow: Json) -> None:
        assert stranger.post(f"{workflow['url']}/clone").status_code == 404
        assert JsonClient().post(f"{workflow['url']}/clone").status_code == 401
