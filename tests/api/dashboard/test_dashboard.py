"""The start page in numbers: right, one's own, and in a fixed number of queries."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from builds.models import Build
from clusters.models import Cluster
from tests.factories import JsonClient, make_client
from workflows.models import Run, Target, Workflow

pytestmark = pytest.mark.django_db
API = "/v1/api/dashboard"


@pytest.fixture
def client(member: User) -> JsonClient:
    return make_client(member)


def make_workflow(user: User, name: str, status: str = "draft") -> Workflow:
    return Workflow.objects.create(
        workspace=user.personal_workspace, owner=user, name=name, slug=name, status=status, updated_at=timezone.now()
    )


def make_run(workflow: Workflow, status: str, seconds: float = 0, **more: Any) -> Run:
    now = timezone.now()
    cluster, _ = Cluster.objects.get_or_create(
        workspace=workflow.workspace,
        name="here",
        defaults={
            "owner": workflow.owner,
            "auth_type": "bearer_token",
            "status": "connected",
            "created_at": now,
            "updated_at": now,
        },
    )
    target, _ = Target.objects.get_or_create(
        workspace=workflow.workspace, workflow=workflow, cluster=cluster, namespace="shop"
    )
    times = {"started_at": now - timedelta(seconds=seconds), "finished_at": now} if seconds else {}
    return Run.objects.create(
        workspace=workflow.workspace, workflow=workflow, target=target, status=status, **times, **more
    )


def test_nothing_yet(client: JsonClient) -> None:
    body = client.get(f"{API}/stats").json()
    assert body["workflows"] == {"total": 0, "draft": 0, "published": 0, "archived": 0}
    assert (body["runs"]["total"], body["runs"]["success_rate"], body["runs"]["median_seconds"]) == (0, None, None)
    assert client.get(f"{API}/recent-workflows").json() == {"workflows": []}


def test_counted(client: JsonClient, member: User, other_member: User) -> None:
    first, _ = make_workflow(member, "a"), make_workflow(member, "b", "published")
    for seconds in (10, 20, 90):
        make_run(first, "succeeded", seconds)
    make_run(first, "failed", 5)
    make_run(first, "rolled_back", 5)
    make_run(first, "cancelled", 5)
    make_run(first, "deploying")
    old = make_run(first, "succeeded", 999)
    Run.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    make_run(make_workflow(other_member, "theirs"), "failed")
    body = client.get(f"{API}/stats").json()
    assert body["workflows"] == {"total": 2, "draft": 1, "published": 1, "archived": 0}
    assert body["runs"] == {
        "total": 7,
        "succeeded": 3,
        "failed": 2,
        "cancelled": 1,
        "running": 1,
        "success_rate": 0.6,
        "median_seconds": 20.0,
    }
    assert (body["clusters"]["total"], body["clusters"]["connected"]) == (1, 1)


def test_builds_are_counted_and_found(client: JsonClient, member: User, other_member: User) -> None:
    for user, status in ((member, "succeeded"), (member, "failed"), (other_member, "failed")):
        now = timezone.now()
        fields = {"image": "registry/shop", "tag": "1", "engine": "docker", "source_kind": "git"}
        Build.objects.create(workspace=user.personal_workspace, status=status, created_at=now, updated_at=now, **fields)
    assert client.get(f"{API}/stats").json()["builds"] == {"total": 2, "succeeded": 1, "failed": 1, "cancelled": 0}
    found = client.get("/v1/api/search?q=shop&types=build").json()
    assert {hit["title"] for hit in found["results"]} == {"registry/shop:1"}
    assert sorted(hit["subtitle"] for hit in found["results"]) == ["failed", "succeeded"]


def test_recent_ones(client: JsonClient, member: User, other_member: User) -> None:
    names = [make_workflow(member, name).name for name in ("a", "b", "c")]
    make_workflow(other_member, "theirs")
    body = client.get(f"{API}/recent-workflows?limit=2").json()
    assert [row["name"] for row in body["workflows"]] == names[::-1][:2]
    assert "nodes" not in body["workflows"][0]
    assert client.get(f"{API}/recent-workflows?limit=x").status_code == 400


def test_queries(client: JsonClient, member: User, django_assert_num_queries: Any) -> None:
    for number in range(6):
        make_run(make_workflow(member, f"w{number}"), "succeeded", 5)
    with django_assert_num_queries(6):
        client.get(f"{API}/stats")
    with django_assert_num_queries(2):
        client.get(f"{API}/recent-workflows")


def test_nobody() -> None:
    assert JsonClient().get(f"{API}/stats").status_code == 401
    assert JsonClient().get(f"{API}/recent-workflows").status_code == 401
