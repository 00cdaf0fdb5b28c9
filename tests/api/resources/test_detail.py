"""GET and PATCH /resources/:id, and its pods: what is around it, what is masked, and whose marks are whose."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from clusters.models import Cluster, Resource, ResourceMark
from tests.api.clusters.sharing import somebody_with
from tests.api.resources.conftest import API, Home, deployment, plain
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db

CANARY = "Y2FuYXJ5LTc3YWI="


def url(row: Resource, rest: str = "") -> str:
    return f"{API}/{row.pk}{rest}"


@pytest.fixture
def web(home: Home) -> Home:
    """A deployment whose pods run."""
    import time

    home.apply(deployment("web", 2))
    deadline = time.monotonic() + 30
    while home.get("apps", "Deployment", "web")["status"].get("readyReplicas") != 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    home.mirror()
    return home


class TestDetail:
    def test_with_all_around_it(self, web: Home, client: JsonClient) -> None:
        row = web.row("Deployment", "web")
        answer = client.get(url(row))
        assert answer.status_code == 200
        body = answer.json()
        assert body["object"]["spec"]["replicas"] == 2
        assert "managedFields" not in body["object"]["metadata"]
        kinds = [each["kind"] for each in body["tree"]["children"]]
        assert kinds == ["ReplicaSet", "Pod", "Pod"]
        assert body["tree"]["owners"] == []
        assert body["tree"]["children"][0]["owner_uid"] == row.uid
        assert any(event["reason"] == "ScalingReplicaSet" for event in body["events"])
        ours = next(each for each in body["history"] if each["who"] == "sailcloth")
        assert (ours["source"], ours["action"]) == ("cluster", "Apply")
        assert "spec.replicas" in ours["fields"]
        assert body["notes"] == []
        assert answer["ETag"]

    def test_up_the_tree(self, web: Home, client: JsonClient) -> None:
        pod = Resource.objects.filter(cluster=web.cluster, kind="Pod", namespace="shop").first()
        assert pod is not None
        body = client.get(url(pod)).json()
        assert [each["kind"] for each in body["tree"]["owners"]] == ["ReplicaSet", "Deployment"]
        assert body["owner"]["kind"] == "ReplicaSet"
        assert body["actions"] == ["logs", "terminal", "restart", "delete"]

    def test_what_is_gone(self, web: Home, client: JsonClient) -> None:
        home, row = web, web.row("Deployment", "web")
        from clusters.services import call

        call(home.gateway.delete(home.served("apps", "Deployment"), "web", "shop"), 30)
        body = client.get(url(row)).json()
        assert body["object"] is None

    def test_a_cluster_that_is_not_there(self, make_rows: Any, client: JsonClient) -> None:
        cluster = make_rows(1)
        Cluster.objects.filter(pk=cluster.pk).update(server="https://127.0.0.1:1")
        row = Resource.objects.get(cluster=cluster)
        answer = client.get(url(row))
        assert answer.status_code == 200
        assert answer.json()["object"] is None
        assert answer.json()["notes"]

    def test_secrets_are_masked(self, home: Home, client: JsonClient) -> None:
        applied = {"kubectl.kubernetes.io/last-applied-configuration": f'{{"data":{{"key":"{CANARY}"}}}}', "x": CANARY}
        secret = plain("Secret", "password", data={"key": CANARY})
        secret["metadata"]["annotations"] = applied
        home.apply(secret)
        home.mirror()
        answer = client.get(url(home.row("Secret", "password")))
        assert answer.json()["object"]["data"] == {"key": None}
        assert CANARY.encode() not in answer.content
        assert "data.key" in [field for each in answer.json()["history"] for field in each["fields"]]

    def test_who_may_not(self, make_rows: Any, client: JsonClient, stranger: JsonClient) -> None:
        cluster = make_rows(1, prefix="home")
        make_rows(1, cluster=cluster, prefix="hidden", namespace="other")
        row, hidden = Resource.objects.get(name="home-00000"), Resource.objects.get(name="hidden-00000")
        someone = somebody_with(client, "viewer", "shop", name="c-home")
        for rest in ("", "/pods", "/metrics"):
            assert JsonClient().get(url(row, rest)).status_code == 401, rest
            assert stranger.get(url(row, rest)).status_code == 404, rest
            assert someone.client.get(url(hidden, rest)).status_code == 404, rest
            assert client.get(f"{API}/nothing{rest}").status_code == 404, rest
            assert client.get(f"{API}/{'0' * 36}{rest}").status_code == 404, rest

    def test_the_tree_ends_where_the_share_does(self, make_rows: Any, client: JsonClient) -> None:
        cluster = make_rows(1, prefix="home", owner_uid="uid-above-0", owner_kind="Node", owner_name="above-00000")
        make_rows(1, cluster=cluster, prefix="above", kind="Node", namespace="")
        someone = somebody_with(client, "viewer", "shop", name="c-home")
        row = Resource.objects.get(name="home-00000")
        assert [each["name"] for each in client.get(url(row)).json()["tree"]["owners"]] == ["above-00000"]
        assert someone.client.get(url(row)).json()["tree"]["owners"] == []

    def test_a_ring_of_owners_ends(self, make_rows: Any, client: JsonClient) -> None:
        cluster = make_rows(1, prefix="a", kind="Job", owner_uid="uid-b-0", owner_kind="Job")
        make_rows(1, cluster=cluster, prefix="b", kind="Job", owner_uid="uid-a-0", owner_kind="Job")
        body = client.get(url(Resource.objects.get(name="a-00000"))).json()
        assert len(body["tree"]["owners"]) <= 5
        assert len(body["tree"]["children"]) <= 5

    def test_the_number_of_queries_does_not_grow(self, web: Home, client: JsonClient) -> None:
        row = web.row("Deployment", "web")
        numbers = []
        for count in (0, 40):
            sets = Resource.objects.get(cluster=web.cluster, kind="ReplicaSet", namespace="shop")
            Resource.objects.bulk_create(
                Resource(
                    cluster=web.cluster,
                    version="v1",
                    kind="Pod",
                    namespace="shop",
                    name=f"more-{number}",
                    uid=f"more-{number}",
                    owner_uid=sets.uid,
                    created_at=sets.created_at,
                    updated_at=sets.created_at,
                )
                for number in range(count)
            )
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url(row)).status_code == 200
            numbers.append(len(queries))
        assert numbers[0] == numbers[1] <= 12, [query["sql"] for query in queries]


class TestPods:
    def test_of_a_workload(self, web: Home, client: JsonClient) -> None:
        body = client.get(url(web.row("Deployment", "web"), "/pods?limit=1")).json()
        assert (body["total"], len(body["pods"]), body["pods"][0]["kind"]) == (2, 1, "Pod")
        assert body["pods"][0]["facts"]["containers"] == ["app"]
        sets = Resource.objects.get(cluster=web.cluster, kind="ReplicaSet", namespace="shop")
        assert client.get(url(sets, "/pods")).json()["total"] == 2

    def test_of_a_service_and_of_a_node_and_of_itself(self, web: Home, client: JsonClient) -> None:
        web.apply(plain("Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80}]}))
        web.mirror()
        assert client.get(url(web.row("Service", "web"), "/pods")).json()["total"] == 2
        node = Resource.objects.filter(cluster=web.cluster, kind="Node").first()
        assert node is not None
        assert client.get(url(node, "/pods?search=web")).json()["total"] == 2
        pod = Resource.objects.filter(cluster=web.cluster, kind="Pod", namespace="shop").first()
        assert pod is not None
        assert [each["id"] for each in client.get(url(pod, "/pods")).json()["pods"]] == [pod.pk]

    def test_of_what_has_none(self, web: Home, client: JsonClient) -> None:
        web.apply(plain("ConfigMap", "settings"))
        web.mirror()
        assert client.get(url(web.row("ConfigMap", "settings"), "/pods")).json()["pods"] == []


class TestMetrics:
    def test_beside_what_they_asked_for(self, web: Home, client: JsonClient) -> None:
        body = client.get(url(web.row("Deployment", "web"), "/metrics")).json()
        assert len(body["pods"]) == 2
        assert body["pods"][0]["memory"]["limit"] == 32 * 1024 * 1024
        assert body["totals"]["cpu"]["request"] == 0.02
        assert body["source"] in ("metrics.k8s.io", "kubelet", "none")
        if body["source"] != "none":
            assert body["pods"][0]["cpu"]["used"] is not None

    def test_a_cluster_that_is_not_there(self, make_rows: Any, client: JsonClient) -> None:
        cluster = make_rows(1)
        Cluster.objects.filter(pk=cluster.pk).update(server="https://127.0.0.1:1")
        answer = client.get(url(Resource.objects.get(cluster=cluster), "/metrics"))
        assert (answer.status_code, answer.json()["code"]) == (503, "cluster_unreachable")


class TestMarks:
    @pytest.fixture
    def row(self, make_rows: Any) -> Resource:
        make_rows(1, prefix="home")
        return Resource.objects.get(name="home-00000")

    def test_only_what_is_sent_changes(self, row: Resource, client: JsonClient) -> None:
        answer = client.patch(url(row), {"user_tags": ["prod", "prod", " x "], "user_notes": "Mind the gap."})
        assert answer.status_code == 200
        answer = client.patch(url(row), {"is_favorite": True})
        assert (answer.json()["user_tags"], answer.json()["is_favorite"]) == (["prod", "x"], True)
        assert answer.json()["user_notes"] == "Mind the gap."
        assert client.patch(url(row), {}).json()["user_notes"] == "Mind the gap."
        assert client.get(API).json()["resources"][0]["is_favorite"] is True

    def test_nobody_else_sees_them(self, row: Resource, client: JsonClient) -> None:
        someone = somebody_with(client, "viewer", name="c-home")
        client.patch(url(row), {"user_notes": "Mine."})
        assert someone.client.patch(url(row), {"is_favorite": True}).json()["user_notes"] == ""
        assert client.get(API).json()["resources"][0]["is_favorite"] is False
        assert ResourceMark.objects.count() == 2

    @pytest.mark.parametrize(
        "body",
        [
            {"user_tags": "x"},
            {"user_tags": ["x" * 51]},
            {"user_tags": ["x"] * 21},
            {"user_notes": "x" * 10_001},
            {"is_favorite": "perhaps"},
            {"user_notes": None},
            {"user_tags": [""]},
            {"user_notes": "a\x00b"},
        ],
    )
    def test_what_is_not_taken(self, row: Resource, client: JsonClient, body: dict[str, Any]) -> None:
        answer = client.patch(url(row), body)
        assert answer.status_code == 400
        assert answer.json()["fields"]

    def test_someone_else_was_first(self, row: Resource, client: JsonClient) -> None:
        etag = client.get(url(row))["ETag"]
        assert client.patch(url(row), {"user_notes": "One."}, HTTP_IF_MATCH=etag).status_code == 200
        assert client.patch(url(row), {"user_notes": "Two."}, HTTP_IF_MATCH=etag).status_code == 412

    def test_who_may_not(self, row: Resource, stranger: JsonClient) -> None:
        assert JsonClient().patch(url(row), {}).status_code == 401
        assert stranger.patch(url(row), {}).status_code == 404

    def test_is_in_the_record(self, row: Resource, client: JsonClient, member: User) -> None:
        client.patch(url(row), {"user_notes": "Confidential."})
        (entry,) = client.get("/v1/api/audit?action=resource.marked").json()["events"]
        assert entry["object"]["id"] == row.pk
        assert "Confidential" not in str(entry)
