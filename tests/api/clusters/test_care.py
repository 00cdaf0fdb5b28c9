"""Refresh, metadata and metrics: what a cluster says of itself, and what becomes of one that does not."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEntry
from clusters import services
from clusters.kube import loop
from clusters.kube.gateway import Refused
from clusters.models import Cluster, ConnectionLog
from clusters.services import probing, survey, usage
from tests.api.clusters.test_clusters import make_cluster
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db

API = "/v1/api/clusters"


@pytest.fixture
def hanging() -> Iterator[str]:
    """The address of a server that lets everyone in and never says a word."""
    server = socket.create_server(("127.0.0.1", 0))
    guests: list[socket.socket] = []

    def welcome() -> None:
        try:
            while True:
                guests.append(server.accept()[0])
        except OSError:
            return

    thread = threading.Thread(target=welcome, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.getsockname()[1]}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    for guest in guests:
        guest.close()
    thread.join(5)


class TestRefresh:
    def test_what_it_is_made_of(self, client: JsonClient, add: Any) -> None:
        made = add("home")
        empty = client.get(f"{API}/home/metadata").json()
        assert (empty["refreshed_at"], empty["nodes"], empty["version"]) == (None, [], made["version"])
        answer = client.generic("POST", f"{API}/home/refresh", b"", content_type="")
        body = answer.json()
        assert answer.status_code == 200
        assert (body["cluster"], body["status"], body["version"]) == ("home", "connected", made["version"])
        assert body["platform"]
        assert [(node["name"], node["ready"]) for node in body["nodes"]] == [("practice-node", True)]
        assert {"default", "kube-system"} <= set(body["namespaces"])
        assert body["storage_classes"][0] == {
            "name": "standard",
            "provisioner": "sailcloth.practice/disk",
            "is_default": True,
        }
        assert {"group": "apps", "kind": "Deployment"}.items() <= next(
            each for each in body["api_resources"] if each["kind"] == "Deployment"
        ).items()
        assert body["permissions"][0]["namespace"] == "default"
        assert "*" in body["permissions"][0]["rules"][0]["verbs"]
        assert body["notes"] == []
        assert body["refreshed_at"].endswith("Z")
        assert client.get(f"{API}/home/metadata").json() == body
        assert client.get(f"{API}/home/logs").json()["logs"][0]["action"] == "refreshed"
        assert AuditEntry.objects.get(action="cluster.refreshed").object_name == "home"
        shown = client.get(f"{API}/home")
        assert shown.json()["refreshed_at"] == body["refreshed_at"]
        # What is merely seen of it is no change of it.
        assert shown["ETag"] == f'"{made["id"]}.1"'

    def test_of_nobody_there(self, client: JsonClient, add: Any) -> None:
        add("home", server="https://127.0.0.1:1")
        answer = client.post(f"{API}/home/refresh")
        assert (answer.status_code, answer.json()["code"]) == (503, "cluster_unreachable")
        assert answer.json()["details"] == {"reason": "refused"}
        assert client.get(f"{API}/home/logs").json()["logs"][0] | {"id": "", "created_at": ""} == {
            "id": "",
            "action": "refreshed",
            "success": False,
            "error": answer.json()["error"].removeprefix("The cluster cannot be reached: "),
            "created_at": "",
        }
        metrics = client.get(f"{API}/home/metrics")
        assert (metrics.status_code, metrics.json()["code"]) == (503, "cluster_unreachable")

    def test_of_one_that_does_not_know_us(self, client: JsonClient, add: Any) -> None:
        add("home", token="wrong")
        answer = client.post(f"{API}/home/refresh")
        assert (answer.status_code, answer.json()["code"]) == (400, "cluster_refused")
        assert answer.json()["details"] == {"reason": "unauthorized"}
        assert client.get(f"{API}/home").json()["status"] == "unauthorized"
        assert client.get(f"{API}/home/metrics").status_code == 400

    def test_what_was_known_outlives_a_failure(self, client: JsonClient, add: Any) -> None:
        add("home")
        before = client.post(f"{API}/home/refresh").json()
        Cluster.objects.update(server="https://127.0.0.1:1")
        assert client.post(f"{API}/home/refresh").status_code == 503
        after = client.get(f"{API}/home/metadata").json()
        assert after == {**before, "status": "disconnected"}

    def test_of_an_older_version_of_ours(self, client: JsonClient, add: Any) -> None:
        add("home")
        Cluster.objects.update(metadata={"nodes": "many", "strange": 1})
        assert client.get(f"{API}/home/metadata").json()["nodes"] == []

    def test_queries(self, client: JsonClient, add: Any, django_assert_max_num_queries: Any) -> None:
        add("home")
        with django_assert_max_num_queries(18):
            client.post(f"{API}/home/refresh")
        with django_assert_max_num_queries(4):
            client.get(f"{API}/home/metadata")
        with django_assert_max_num_queries(4):
            client.get(f"{API}/home/metrics")

    def test_others(self, stranger: JsonClient, add: Any) -> None:
        add("home")
        assert stranger.post(f"{API}/home/refresh").status_code == 404
        for path in ("metadata", "metrics"):
            assert stranger.get(f"{API}/home/{path}").status_code == 404
            assert JsonClient().get(f"{API}/home/{path}").status_code == 401
        assert JsonClient().post(f"{API}/home/refresh").status_code == 401


class TestMetrics:
    def test_capacity_of_the_practice_cluster(self, client: JsonClient, add: Any) -> None:
        add("home")
        body = client.get(f"{API}/home/metrics").json()
        assert body["source"] in ("metrics.k8s.io", "kubelet", "none")
        node = body["nodes"][0]
        assert (node["name"], node["ready"], node["cpu"]["capacity"]) == ("practice-node", True, 32)
        assert set(node) == {"name", "ready", "cpu", "memory", "pods", "storage"}
        assert isinstance(node["pods"]["used"], int)
        totals = body["totals"]
        assert (totals["nodes"], totals["ready"], totals["memory"]) == (1, 1, node["memory"])

    def test_where_nodes_may_not_be_seen(self, client: JsonClient, add: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        add("home")

        async def refuse(*_: Any) -> None:
            raise Refused("nodes is forbidden", reason="Forbidden", status=403)

        monkeypatch.setattr(usage, "list_nodes", refuse)
        body = client.get(f"{API}/home/metrics").json()
        assert (body["nodes"], body["source"]) == ([], "none")
        assert body["totals"]["cpu"] == {"used": None, "capacity": None}
        assert body["notes"] == ["Nodes: this identity may not see them."]


class TestHanging:
    """A cluster that hangs holds nobody longer than the bound."""

    @pytest.fixture(autouse=True)
    def _short(self, monkeypatch: pytest.MonkeyPatch, member: User, hanging: str) -> None:
        for module in (survey, usage, probing):
            monkeypatch.setattr(module, "BOUND_SECONDS", 0.4)
        make_cluster(member, "home", server=hanging, fingerprint="a" * 64)

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [("post", "refresh", 503), ("get", "metrics", 503), ("post", "test", 200)],
    )
    def test_a_request(self, client: JsonClient, method: str, path: str, status: int) -> None:
        began = time.monotonic()
        answer = getattr(client, method)(f"{API}/home/{path}")
        assert time.monotonic() - began < 3
        assert answer.status_code == status
        body = answer.json()
        assert (body["reason"] if status == 200 else body["details"]["reason"]) == "timeout"

    def test_a_worker(self) -> None:
        began = time.monotonic()
        services.check_cluster(cluster_id=Cluster.objects.get().pk)
        assert time.monotonic() - began < 3
        cluster = Cluster.objects.get()
        assert (cluster.status, cluster.reason, cluster.failures) == ("disconnected", "timeout", 1)
        assert ConnectionLog.objects.get().action == "checked"

    def test_many_at_once(self, client: JsonClient) -> None:
        """Each has its own bound: they do not wait for each other."""
        gateways = [services.gateway_for(Cluster.objects.get().pk) for _ in range(8)]
        began = time.monotonic()
        asked = [loop.submit(usage.measure(gateway, within=0.4)) for gateway in gateways]
        assert all(each.exception(timeout=5) is not None for each in asked)
        assert time.monotonic() - began < 3


class TestChecks:
    def test_less_and_less_often_where_nobody_answers(self, client: JsonClient, add: Any) -> None:
        add("home")
        waits = []
        Cluster.objects.update(server="https://127.0.0.1:1")
        for _ in range(4):
            services.check_cluster(cluster_id=Cluster.objects.get().pk)
            cluster = Cluster.objects.get()
            assert cluster.checked_at is not None
            assert cluster.next_check_at is not None
            waits.append((cluster.next_check_at - cluster.checked_at).total_seconds())
        assert cluster.failures == 4
        for number, wait in enumerate(waits):
            assert 60 * 2**number * 0.84 < wait < 60 * 2**number * 1.16
        client.put(f"{API}/home", {"server": add("other")["server"]})
        assert Cluster.objects.get(name="home").failures == 0
