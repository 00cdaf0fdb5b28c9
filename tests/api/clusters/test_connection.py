"""Test, status, connection log and new credentials."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from clusters import services
from clusters.models import Cluster, ConnectionLog
from clusters.services import rows
from clusters.types import Finding
from realtime.models import Event
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db

API = "/v1/api/clusters"


class TestTest:
    def test_healthy(self, client: JsonClient, add: Any) -> None:
        """The contract's own words."""
        made = add("home")
        answer = client.generic("POST", f"{API}/home/test", b"", content_type="")
        assert answer.status_code == 200
        assert answer.json() == {"status": "healthy", "version": made["version"], "nodes": 1}
        assert client.get(f"{API}/home/logs").json()["logs"][0]["action"] == "tested"
        assert AuditEntry.objects.get(action="cluster.tested").detail == {"status": "connected", "reason": ""}

    def test_unhealthy(self, client: JsonClient, add: Any) -> None:
        add("home", server="https://127.0.0.1:1")
        body = client.post(f"{API}/home/test").json()
        assert set(body) == {"status", "reason", "error"}
        assert (body["status"], body["reason"]) == ("unhealthy", "refused")

    def test_an_unknown_authority(self, client: JsonClient, add: Any) -> None:
        add("home", ca_data="")
        body = client.post(f"{API}/home/test").json()
        assert body["reason"] == "tls"
        assert len(body["presented_certificate"]["fingerprint"]) == 64

    def test_tells_when_something_is_other_than_before(self, client: JsonClient, add: Any, practice: Any) -> None:
        add("home")
        client.post(f"{API}/home/test")
        assert not Event.objects.filter(type="cluster.status_changed").exists()
        Cluster.objects.update(server="https://127.0.0.1:1")
        client.post(f"{API}/home/test")
        event = Event.objects.get(type="cluster.status_changed")
        assert (event.payload["status"], event.payload["reason"]) == ("disconnected", "refused")
        assert client.get(f"{API}/home").json()["status"] == "disconnected"

    def test_others(self, stranger: JsonClient, add: Any) -> None:
        made = add("home")
        for name in ("home", made["id"], "nothing"):
            assert stranger.post(f"{API}/{name}/test").status_code == 404
        assert JsonClient().post(f"{API}/home/test").status_code == 401

    def test_queries(self, client: JsonClient, add: Any, django_assert_max_num_queries: Any) -> None:
        add("home")
        with django_assert_max_num_queries(12):
            client.post(f"{API}/home/test")


class TestStatus:
    def test_without_asking(
        self, client: JsonClient, add: Any, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = add("home")
        monkeypatch.setattr("clusters.services.probing.find_out", None)
        with django_assert_num_queries(2):
            body = client.get(f"{API}/home/status").json()
        assert body == {
            "cluster": "home",
            "status": "connected",
            "reason": "",
            "error": "",
            "version": made["version"],
            "checked_at": made["checked_at"],
            "is_stale": False,
        }

    def test_old_news(self, client: JsonClient, add: Any) -> None:
        add("home")
        Cluster.objects.update(checked_at=timezone.now() - timedelta(minutes=6))
        assert client.get(f"{API}/home/status").json()["is_stale"] is True
        Cluster.objects.update(checked_at=None)
        body = client.get(f"{API}/home/status").json()
        assert (body["is_stale"], body["checked_at"]) == (True, None)

    def test_others(self, stranger: JsonClient, add: Any) -> None:
        add("home")
        assert stranger.get(f"{API}/home/status").status_code == 404
        assert JsonClient().get(f"{API}/home/status").status_code == 401


class TestLogs:
    def test_pages(self, client: JsonClient, add: Any, django_assert_num_queries: Any) -> None:
        add("home")
        for _ in range(3):
            client.post(f"{API}/home/test")
        with django_assert_num_queries(4):
            body = client.get(f"{API}/home/logs?limit=2").json()
        assert (body["total"], body["page"], body["limit"]) == (4, 1, 2)
        assert [set(line) for line in body["logs"]] == [{"id", "action", "success", "error", "created_at"}] * 2
        oldest = client.get(f"{API}/home/logs?order=asc").json()["logs"][0]
        assert (oldest["action"], oldest["success"], oldest["error"]) == ("created", True, "")
        assert client.get(f"{API}/home/logs?page=9").json()["logs"] == []
        assert client.get(f"{API}/home/logs?search=creat").json()["total"] == 1
        assert client.get(f"{API}/home/logs?sort=cluster").status_code == 400

    def test_others(self, stranger: JsonClient, add: Any) -> None:
        made = add("home")
        assert stranger.get(f"{API}/{made['id']}/logs").status_code == 404
        assert JsonClient().get(f"{API}/home/logs").status_code == 401

    def test_old_lines_go(self, client: JsonClient, add: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        add("home")
        add("other")
        monkeypatch.setattr(rows, "KEPT_LOG_LINES", 3)
        for _ in range(4):
            client.post(f"{API}/home/test")
        lines = client.get(f"{API}/home/logs").json()
        assert (lines["total"], {line["action"] for line in lines["logs"]}) == (3, {"tested"})
        assert client.get(f"{API}/other/logs").json()["total"] == 1


class TestCredentials:
    def url(self, name: str = "home") -> str:
        return f"{API}/{name}/credentials"

    def test_replaced(self, client: JsonClient, add: Any, practice: Any) -> None:
        made = add("home", token="wrong")
        assert made["status"] == "unauthorized"
        answer = client.put(self.url(), {"token": practice.token})
        assert (answer.status_code, answer.json()["status"]) == (200, "connected")
        assert answer["ETag"] == f'"{made["id"]}.2"'
        assert Cluster.objects.get().credentials_revision == 2
        entry = AuditEntry.objects.get(action="cluster.credentials_changed")
        assert entry.detail == {"auth_type": "bearer_token"}
        assert ConnectionLog.objects.filter(action="credentials_changed", is_success=True).exists()
        assert client.post(f"{API}/home/test").json()["status"] == "healthy"

    def test_by_a_kubeconfig_the_address_stays(self, client: JsonClient, add: Any, practice: Any) -> None:
        server = practice.url.replace("127.0.0.1", "localhost")
        add("home", server=server)
        body = client.put(self.url(), {"auth_type": "kubeconfig", "kubeconfig": practice.kubeconfig()}).json()
        assert (body["server"], body["auth_type"], body["status"]) == (server, "kubeconfig", "connected")

    def test_what_does_not_work_replaces_nothing(self, client: JsonClient, add: Any) -> None:
        made = add("home")
        answer = client.put(self.url(), {"token": "wrong"})
        body = answer.json()
        assert (answer.status_code, body["code"], body["details"]["reason"]) == (
            400, "cluster_refused", "unauthorized",
        )  # fmt: skip
        assert "old ones stay" in body["error"]
        assert client.get(f"{API}/home").json() == made
        assert client.post(f"{API}/home/test").json()["status"] == "healthy"
        assert ConnectionLog.objects.filter(action="credentials_refused", is_success=False).count() == 1

    def test_where_nobody_answers(self, client: JsonClient, add: Any) -> None:
        add("home", server="https://127.0.0.1:1")
        answer = client.put(self.url(), {"token": "new"})
        assert (answer.status_code, answer.json()["code"]) == (503, "cluster_unreachable")

    def test_with_another_authority(self, client: JsonClient, add: Any, practice: Any) -> None:
        add("home", ca_data="")
        refused = client.put(self.url(), {"token": practice.token})
        shown = refused.json()["details"]["presented_certificate"]
        assert (refused.status_code, refused.json()["details"]["reason"]) == (400, "tls")
        body = client.put(self.url(), {"token": practice.token, "fingerprint": shown["fingerprint"]}).json()
        assert (body["status"], body["fingerprint"]) == ("connected", shown["fingerprint"])
        body = client.put(self.url(), {"token": practice.token, "ca_data": practice.ca}).json()
        assert (body["status"], body["fingerprint"]) == ("connected", "")

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({}, "token"),
            ({"token": ""}, "token"),
            ({"token": "a b"}, "token"),
            ({"auth_type": "client_certificate"}, "client_certificate_data"),
            ({"client_key_data": "x"}, "client_certificate_data"),
            ({"auth_type": "kubeconfig"}, "kubeconfig"),
            ({"auth_type": "none"}, "auth_type"),
            ({"ca_data": "x", "token": "y"}, "ca_data"),
            ({"kubeconfig": "{}"}, "kubeconfig"),
        ],
    )
    def test_validation(self, client: JsonClient, add: Any, change: dict[str, str], field: str) -> None:
        add("home")
        answer = client.put(self.url(), change)
        assert answer.status_code == 400
        assert field in answer.json()["fields"]
        assert Cluster.objects.get().credentials_revision == 1

    def test_if_match(self, client: JsonClient, add: Any, practice: Any) -> None:
        add("home")
        etag = client.get(f"{API}/home")["ETag"]
        body = {"token": practice.token}
        assert client.put(self.url(), body, headers={"If-Match": etag}).status_code == 200
        assert client.put(self.url(), body, headers={"If-Match": etag}).status_code == 412

    def test_others(self, stranger: JsonClient, add: Any, practice: Any) -> None:
        made = add("home")
        for name in ("home", made["id"], "nothing"):
            assert stranger.put(self.url(name), {"token": practice.token}).status_code == 404
        assert JsonClient().put(self.url(), {}).status_code == 401

    def test_a_change_meanwhile_is_a_conflict(
        self, client: JsonClient, add: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add("home")

        def find_out(connection: Any) -> Finding:
            Cluster.objects.update(credentials_revision=7)
            return Finding(version="v1")

        monkeypatch.setattr("clusters.services.probing.find_out", find_out)
        assert client.put(self.url(), {"token": practice.token}).status_code == 409
        assert Cluster.objects.get().credentials_revision == 7


class TestBackground:
    def test_stale_ones_are_woken(self, add: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        woken: list[tuple[str, str]] = []
        monkeypatch.setattr("core.jobs.wake", lambda name, *args: woken.append((name, *args)))
        made = add("home")
        assert services.wake_stale_checks() == 0
        Cluster.objects.update(next_check_at=timezone.now() - timedelta(seconds=1))
        assert services.wake_stale_checks() == 1
        assert woken == [("clusters.check_cluster", made["id"])]
        # It is under way, and not asked for again before it had its time.
        assert services.wake_stale_checks() == 0
        Cluster.objects.update(access="practice", next_check_at=None)
        assert services.wake_stale_checks() == 0

    def test_a_look_is_logged_when_something_changed(self, add: Any) -> None:
        from clusters.tasks import check_cluster

        made = add("home")
        check_cluster(made["id"])
        assert ConnectionLog.objects.count() == 1
        Cluster.objects.update(server="https://127.0.0.1:1")
        check_cluster(made["id"])
        check_cluster(made["id"])
        check_cluster("gone")
        assert ConnectionLog.objects.filter(action="checked", is_success=False).count() == 1
        assert not AuditEntry.objects.filter(action="cluster.tested").exists()
        assert Cluster.objects.get().status == "disconnected"

    def test_a_finding_about_what_was_changed_meanwhile_is_dropped(
        self, client: JsonClient, add: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add("home")

        def find_out(connection: Any) -> Finding:
            Cluster.objects.update(credentials_revision=7)
            return Finding(reason="refused", error="No.")

        monkeypatch.setattr("clusters.services.probing.find_out", find_out)
        assert client.post(f"{API}/home/test").json()["status"] == "unhealthy"
        assert Cluster.objects.get().status == "connected"
