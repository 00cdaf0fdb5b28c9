"""GET /resources and POST /resources/sync: filters, search, sorting, paging, whose they are, and what they cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from clusters.models import Cluster, Resource, ResourceMark, ResourceMirror
from tests.api.clusters.sharing import share_with, somebody_with
from tests.api.resources.conftest import API, Home, deployment, plain
from tests.factories import JsonClient, make_client, make_user

pytestmark = pytest.mark.django_db


def names(client: JsonClient, query: str = "") -> list[str]:
    answer = client.get(f"{API}{query}")
    assert answer.status_code == 200, answer.json()
    return [each["name"] for each in answer.json()["resources"]]


class TestShape:
    def test_everything_that_the_contract_says(self, home: Home, client: JsonClient) -> None:
        home.apply(deployment("web", 2))
        home.mirror()
        body = client.get(f"{API}?kind=Deployment").json()
        (row,) = body["resources"]
        assert (body["total"], body["page"], body["limit"]) == (1, 1, 20)
        assert (row["cluster"], row["namespace"], row["name"], row["api_version"]) == ("home", "shop", "web", "apps/v1")
        assert row["replicas"]["desired"] == 2
        assert row["actions"] == ["logs", "scale", "restart", "delete"]
        assert (row["user_tags"], row["user_notes"], row["is_favorite"], row["deleted_at"]) == ([], "", False, None)
        assert row["created_at"].endswith("Z")
        (cluster,) = [each for each in body["clusters"] if each["name"] == "home"]
        assert (cluster["is_live"], cluster["trouble"], cluster["notes"]) == (True, "", [])

    def test_empty(self, client: JsonClient) -> None:
        body = client.get(API).json()
        assert (body["resources"], body["total"]) == ([], 0)

    def test_nobody(self) -> None:
        assert JsonClient().get(API).status_code == 401
        assert JsonClient().post(f"{API}/sync").status_code == 401

    def test_what_nobody_keeps_true_is_not_said_to_be_well(self, make_rows: Any, client: JsonClient) -> None:
        cluster = make_rows(1)
        assert client.get(API).json()["resources"][0]["health"] == "healthy"
        ResourceMirror.objects.filter(pk=cluster.pk).update(seen_at=timezone.now() - timedelta(minutes=10))
        row = client.get(API).json()["resources"][0]
        assert (row["health"], row["is_live"], row["reason"]) == ("unknown", False, "NotSeen")
        ResourceMirror.objects.filter(pk=cluster.pk).update(seen_at=timezone.now(), trouble="It is cut off.")
        row = client.get(API).json()["resources"][0]
        assert (row["health"], row["reason"], row["summary"]) == ("unknown", "ClusterUnreachable", "It is cut off.")

    def test_a_kind_that_cannot_be_seen_any_more(self, make_rows: Any, client: JsonClient) -> None:
        cluster = make_rows(1)
        make_rows(1, cluster=cluster, prefix="other", namespace="other")
        notes = ["This identity may look at Pod in these namespaces only: other."]
        ResourceMirror.objects.filter(pk=cluster.pk).update(blind={"/Pod": ["other"]}, notes=notes)
        body = client.get(API).json()
        assert {row["namespace"]: row["is_live"] for row in body["resources"]} == {"shop": False, "other": True}
        assert [each["notes"] for each in body["clusters"] if each["id"] == cluster.pk] == [notes]


class TestFilters:
    @pytest.fixture(autouse=True)
    def things(self, make_rows: Any) -> None:
        cluster = make_rows(1, prefix="pod", summary="All is well")
        more: dict[str, Any] = {"cluster": cluster}
        make_rows(1, **more, prefix="web", kind="Deployment", group="apps", namespace="other", status="Available")
        make_rows(1, **more, prefix="bad", kind="Pod", status="Pending", health="degraded", reason="ImagePullBackOff")
        make_rows(1, **more, prefix="gone", kind="Pod", deleted_at=timezone.now())
        make_rows(1, prefix="far", kind="Service")

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", {"pod", "web", "bad", "far"}),
            ("?cluster=c-pod", {"pod", "web", "bad"}),
            ("?namespace=other", {"web"}),
            ("?namespace=other,shop", {"pod", "web", "bad", "far"}),
            ("?kind=Pod", {"pod", "bad"}),
            ("?kind=pods", {"pod", "bad"}),
            ("?kind=Pod,deployment", {"pod", "bad", "web"}),
            ("?kind=Unheard", set()),
            ("?status=running", {"pod", "far"}),
            ("?status=degraded", {"bad"}),
            ("?status=Pending", {"bad"}),
            ("?status=deleted", {"gone"}),
            ("?status=deleted,running", {"gone", "pod", "far"}),
            ("?search=imagepull", {"bad"}),
            ("?search=ALL is", {"pod"}),
            ("?search=_", set()),
            ("?search=%25", set()),
            ("?cluster=c-far&kind=Service&search=far", {"far"}),
        ],
    )
    def test_each(self, client: JsonClient, query: str, expected: set[str]) -> None:
        assert {name.partition("-")[0] for name in names(client, query)} == expected

    @pytest.mark.parametrize("sort", ["name", "kind", "namespace", "status", "health", "created_at", "updated_at"])
    def test_sorting(self, client: JsonClient, sort: str) -> None:
        rising = client.get(f"{API}?sort={sort}&order=asc").json()["resources"]
        falling = client.get(f"{API}?sort={sort}&order=desc").json()["resources"]
        assert [each["id"] for each in rising] == [each["id"] for each in reversed(falling)]
        assert [each[sort] for each in rising] == sorted(each[sort] for each in rising)

    def test_unknown_ones(self, client: JsonClient) -> None:
        assert client.get(f"{API}?cluster=nowhere").status_code == 404
        assert client.get(f"{API}?workflow=nothing").status_code == 404
        for query in ("sort=uid", "order=up", "page=0", "favorite=perhaps"):
            assert client.get(f"{API}?{query}").status_code == 400, query

    def test_favourites_are_ones_own(self, client: JsonClient, member: User) -> None:
        row = Resource.objects.get(name="pod-00000")
        ResourceMark.objects.create(resource=row, user=make_user(), is_favorite=True)
        assert names(client, "?favorite=true") == []
        ResourceMark.objects.create(resource=row, user=member, is_favorite=True)
        assert names(client, "?favorite=true") == ["pod-00000"]
        assert "pod-00000" not in names(client, "?favorite=false")
        assert client.get(f"{API}?kind=Pod").json()["total"] == 2

    def test_of_a_workflow(self, client: JsonClient) -> None:
        made = client.post("/v1/api/workflows", {"name": "Shop"}).json()
        from workflows.models import Target, Workflow
        from workflows.runs.selectors import sets_of_workflow

        workflow = Workflow.objects.get(pk=made["id"])
        cluster = Cluster.objects.get(name="c-pod")
        Target.objects.create(workspace=workflow.workspace, workflow=workflow, cluster=cluster, namespace="shop")
        from accounts.services import principal_of

        (mark,) = sets_of_workflow(workflow.pk, principal_of(workflow.owner))
        Resource.objects.filter(name="web-00000").update(part_of=mark)
        assert names(client, f"?workflow={workflow.pk}") == ["web-00000"]


class TestPaging:
    def test_no_row_twice(self, make_rows: Any, client: JsonClient) -> None:
        make_rows(45)
        found = [name for page in (1, 2, 3) for name in names(client, f"?page={page}&limit=20")]
        assert len(found) == len(set(found)) == 45
        assert names(client, "?page=9") == []
        assert client.get(f"{API}?limit=500").json()["limit"] == 100

    def test_the_number_of_queries_does_not_grow(self, make_rows: Any, client: JsonClient) -> None:
        numbers = []
        for prefix, count in (("few", 2), ("many", 60)):
            make_rows(count, prefix=prefix)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(f"{API}?limit=100").status_code == 200
            numbers.append(len(queries))
        # The session, the clusters, their mirrors, how many, and the page.
        assert numbers[0] == numbers[1] <= 7, [query["sql"] for query in queries]


class TestWhose:
    def test_strangers_see_nothing(self, make_rows: Any, stranger: JsonClient) -> None:
        cluster = make_rows(3)
        assert names(stranger) == []
        assert stranger.get(f"{API}?cluster={cluster.pk}").status_code == 404
        assert stranger.post(f"{API}/sync", {"cluster": cluster.pk}).status_code == 404

    def test_shared_with_its_name(self, make_rows: Any, client: JsonClient) -> None:
        make_rows(2, prefix="home")
        someone = somebody_with(client, "viewer", name="c-home")
        rows = someone.client.get(API).json()["resources"]
        assert [row["cluster"] for row in rows] == ["c-home"] * 2
        # Looking is all that they may.
        assert {tuple(row["actions"]) for row in rows} == {("logs",)}

    def test_namespaces_that_are_not_theirs_do_not_exist(self, make_rows: Any, client: JsonClient) -> None:
        cluster = make_rows(1, prefix="home")
        make_rows(1, cluster=cluster, prefix="hidden", namespace="other", node="node-1")
        make_rows(1, cluster=cluster, prefix="node", kind="Node", namespace="")
        ResourceMirror.objects.filter(pk=cluster.pk).update(notes=["In other you may not look."])
        someone = somebody_with(client, "editor", "shop", name="c-home")
        body = someone.client.get(API).json()
        assert [row["name"] for row in body["resources"]] == ["home-00000"]
        assert body["total"] == 1
        assert [each["notes"] for each in body["clusters"]] == [[]]
        for query in ("?namespace=other", "?search=hidden", "?kind=Node", f"?cluster={cluster.pk}&namespace=other"):
            assert names(someone.client, query) == [], query

    def test_revoked(self, make_rows: Any, client: JsonClient) -> None:
        make_rows(1, prefix="home")
        someone = make_user()
        share = share_with(client, someone, "viewer", name="c-home")
        theirs = make_client(someone)
        assert names(theirs) == ["home-00000"]
        client.delete(f"/v1/api/clusters/c-home/shares/{share['id']}")
        assert names(theirs) == []


class TestLooking:
    def test_is_noted_once_a_minute(self, make_rows: Any, client: JsonClient) -> None:
        cluster = make_rows(1)
        ResourceMirror.objects.filter(pk=cluster.pk).update(looked_at=None)
        before = timezone.now()
        client.get(API)
        looked = ResourceMirror.objects.get(pk=cluster.pk).looked_at
        assert looked is not None
        assert looked >= before
        client.get(API)
        assert ResourceMirror.objects.get(pk=cluster.pk).looked_at == looked

    def test_of_a_namespace_that_an_identity_must_be_asked_for(self, make_rows: Any, client: JsonClient) -> None:
        cluster = make_rows(1)
        ResourceMirror.objects.filter(pk=cluster.pk).update(blind={"/Pod": []})
        client.get(f"{API}?namespace=mine")
        assert ResourceMirror.objects.get(pk=cluster.pk).namespaces == ["mine"]

    def test_sync(self, make_rows: Any, client: JsonClient) -> None:
        cluster = make_rows(1)
        answer = client.post(f"{API}/sync")
        assert (answer.status_code, answer.json()) == (200, {"status": "syncing"})
        assert ResourceMirror.objects.get(pk=cluster.pk).asked_at is not None
        assert client.post(f"{API}/sync", {"cluster": "c-pod"}).status_code == 200
        assert client.post(f"{API}/sync", {"cluster": "nowhere"}).status_code == 404


def test_no_secret_is_in_a_list(home: Home, client: JsonClient) -> None:
    home.apply(plain("Secret", "password", data={"key": "Y2FuYXJ5LTE4ZmU="}))
    home.mirror()
    answer = client.get(f"{API}?kind=Secret&search=password")
    assert answer.json()["resources"][0]["facts"]["keys"] == ["key"]
    assert b"Y2FuYXJ5" not in answer.content
    assert b"canary-18fe" not in answer.content
