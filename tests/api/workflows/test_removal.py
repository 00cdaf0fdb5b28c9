"""Deleting, undoing that, and what is forgotten in the end."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.principals import principal_of
from audit.models import AuditEntry
from core.errors import Conflict
from tests.api.workflows.drawing import API, secret
from tests.factories import JsonClient
from vault.models import SecretRevision
from workflows.models import Version, Workflow
from workflows.selectors import UNDO_TIME
from workflows.services import hooks, purge_deleted, snapshot_version

pytestmark = pytest.mark.django_db

URL = f"{API}/workflows"


class TestDelete:
    def test_hides_it(self, client: JsonClient, workflow: dict[str, Any], asked: list[Any]) -> None:
        answer = client.delete(workflow["url"])
        body = answer.json()
        assert answer.status_code == 200
        assert body["message"].startswith('The workflow "Shop" is deleted.')
        assert body["run_ids"] == []
        for address in ("", "/versions", "/manifests"):
            assert client.get(f"{workflow['url']}{address}").status_code == 404
        for address, data in (("/save", {"nodes": [], "edges": []}), ("/clone", {}), ("/validate", {})):
            assert client.post(f"{workflow['url']}{address}", data).status_code == 404
        assert client.get(URL).json()["total"] == 0
        assert client.delete(workflow["url"]).status_code == 404
        assert asked == []
        assert AuditEntry.objects.get(action="workflow.deleted").detail == {"cleanup": False}

    def test_with_cleanup(self, client: JsonClient, workflow: dict[str, Any], asked: list[Any]) -> None:
        answer = client.delete(f"{workflow['url']}?cleanup=true", {"delete_claims": ["shop/data"]})
        assert answer.json()["run_ids"] == ["run_1", "run_2"]
        assert asked == [(workflow["id"], "draft", ["shop/data"])]

    def test_claims_in_the_address(self, client: JsonClient, workflow: dict[str, Any], asked: list[Any]) -> None:
        client.delete(f"{workflow['url']}?cleanup=1&delete_claims=a/b&delete_claims=c/d")
        assert asked == [(workflow["id"], "draft", ["a/b", "c/d"])]

    def test_a_cleanup_that_cannot_be(self, client: JsonClient, workflow: dict[str, Any], asked: list[Any]) -> None:
        def refuse(**_: Any) -> list[str]:
            raise Conflict("A run is in progress.", code="run_in_progress")

        hooks.register_cleanup("test", refuse)
        answer = client.delete(f"{workflow['url']}?cleanup=true")
        assert (answer.status_code, answer.json()["code"]) == (409, "run_in_progress")
        assert client.get(workflow["url"]).status_code == 200

    def test_if_match(self, client: JsonClient, workflow: dict[str, Any]) -> None:
        client.put(workflow["url"], {"name": "Newer"})
        assert client.delete(workflow["url"], HTTP_IF_MATCH=workflow["etag"]).status_code == 412
        assert client.get(workflow["url"]).status_code == 200

    def test_not_ones_own(self, client: JsonClient, stranger: JsonClient, workflow: dict[str, Any]) -> None:
        assert stranger.delete(workflow["url"]).status_code == 404
        assert JsonClient().delete(workflow["url"]).status_code == 401
        assert client.get(workflow["url"]).status_code == 200
        assert client.delete(f"{workflow['url']}?cleanup=perhaps").status_code == 400


class TestUndelete:
    def test_as_it_was(self, client: JsonClient, workflow: dict[str, Any]) -> None:
        client.post(f"{workflow['url']}/versions", {})
        before = client.get(workflow["url"]).json()
        client.delete(workflow["url"])
        listed = client.get(URL, {"deleted": "true", "fields": "summary", "sort": "deleted_at"}).json()
        assert (listed["total"], listed["workflows"][0]["id"]) == (1, workflow["id"])
        assert listed["workflows"][0]["deleted_at"].endswith("Z")
        answer = client.post(f"{workflow['url']}/undelete")
        body = answer.json()
        assert answer.status_code == 200
        assert {**body, "updated_at": ""} == {**before, "updated_at": ""}
        assert client.get(workflow["url"]).json() == body
        assert client.get(f"{workflow['url']}/versions").json()["total"] == 1
        assert client.get(URL, {"deleted": "true"}).json()["total"] == 0

    def test_twice(self, client: JsonClient, workflow: dict[str, Any]) -> None:
        assert client.post(f"{workflow['url']}/undelete")["ETag"] == workflow["etag"]

    def test_too_late(self, client: JsonClient, workflow: dict[str, Any]) -> None:
        client.delete(workflow["url"])
        Workflow.objects.update(deleted_at=timezone.now() - UNDO_TIME - timedelta(minutes=1))
        assert client.post(f"{workflow['url']}/undelete").status_code == 404
        assert client.get(URL, {"deleted": "true"}).json()["total"] == 0

    def test_not_ones_own(self, client: JsonClient, stranger: JsonClient, workflow: dict[str, Any]) -> None:
        client.delete(workflow["url"])
        assert stranger.post(f"{workflow['url']}/undelete").status_code == 404
        assert stranger.get(URL, {"deleted": "true"}).json()["total"] == 0
        assert JsonClient().post(f"{workflow['url']}/undelete").status_code == 401


class TestPurge:
    def test_takes_what_nobody_points_to(self, client: JsonClient, member: User) -> None:
        def make(name: str, value: str) -> str:
            return str(client.post(URL, {"name": name, "nodes": [secret(KEY=value)]}).json()["id"])

        gone, kept = make("Gone", "one"), make("Kept", "two")
        actor = principal_of(member)
        snapshot_version(workflow=Workflow.objects.get(pk=gone), actor=actor)
        client.post(f"{URL}/{gone}/save", {"nodes": [secret(KEY="shared")], "edges": []})
        clone = client.post(f"{URL}/{gone}/clone").json()["id"]
        client.delete(f"{URL}/{gone}")
        client.delete(f"{URL}/{kept}")
        Workflow.objects.filter(pk=gone).update(deleted_at=timezone.now() - UNDO_TIME)
        assert purge_deleted() == 1
        assert set(Workflow.objects.values_list("pk", flat=True)) == {kept, clone}
        assert not Version.objects.exists()
        # "one" was only in the version; "shared" is the clone's too.
        assert SecretRevision.objects.count() == 2
        assert purge_deleted() == 0
        assert AuditEntry.objects.get(action="workflow.purged").object_name == "Gone"
