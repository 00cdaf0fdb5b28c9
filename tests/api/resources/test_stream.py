"""GET /resources/:id/stream over real sockets: what comes, who may, and what ends it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import principal_of, start_session
from clusters.models import Cluster, ClusterShare, Resource, ResourceMirror
from clusters.resources import events
from realtime import sse
from realtime.services import publish_many
from realtime.tickets import create_ticket
from tests.factories import JsonClient, make_user
from tests.integration.streams.conftest import Client, Servers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port(settings: Any) -> Any:
    settings.ALLOWED_HOSTS = ["*"]
    servers = Servers()
    yield servers.start()
    servers.stop()


@pytest.fixture
def member(transactional_db: None) -> User:
    return make_user("member@example.com")


@pytest.fixture
def row(member: User) -> Resource:
    now = timezone.now()
    cluster = Cluster.objects.create(
        workspace=member.personal_workspace,
        owner=member,
        name="home",
        auth_type="bearer_token",
        created_at=now,
        updated_at=now,
    )
    ResourceMirror.objects.create(cluster=cluster, seen_at=now)
    return Resource.objects.create(
        cluster=cluster,
        version="v1",
        kind="Deployment",
        group="apps",
        namespace="shop",
        name="web",
        uid="u",
        status="Available",
        health="healthy",
        created_at=now,
        updated_at=now,
    )


def opened(port: int, row: Resource | str, user: User | None, query: str = "", **more: Any) -> Client:
    token = start_session(user=user, actor=principal_of(user)).token if user else ""
    ident = row if isinstance(row, str) else row.pk
    return Client(port, f"/v1/api/resources/{ident}/stream{query}", token=token, **more)


def tell(*told: Any) -> None:
    with transaction.atomic():
        publish_many(told)


def change(row: Resource, health: str) -> Any:
    return events.changed(row.pk, row.cluster.workspace_id, ("Available", health, "Because", "It is so."))


def test_snapshot_and_what_follows(port: int, member: User, row: Resource) -> None:
    with opened(port, row, member) as client:
        _, name, data = client.event()
        assert (name, data["resource"]["name"], data["resource"]["health"]) == ("snapshot", "web", "healthy")
        warning = {"type": "Warning", "reason": "BackOff", "message": "Again.", "count": 3}
        tell(change(row, "degraded"), events.happened(row.pk, row.cluster.workspace_id, warning))
        _, name, data = client.event()
        assert (name, data) == (
            "resource",
            {"status": "Available", "health": "degraded", "reason": "Because", "summary": "It is so."},
        )
        _, name, data = client.event()
        assert (name, data["type"], data["reason"], data["message"], data["count"]) == (
            "event",
            *(warning[key] for key in ("type", "reason", "message", "count")),
        )
        tell(events.deleted(row.pk, row.cluster.workspace_id))
        assert client.event()[1:] == ("deleted", {})


def test_resumes(port: int, member: User, row: Resource) -> None:
    tell(change(row, "degraded"), change(row, "healthy"), change(row, "unknown"))
    with opened(port, row, member, last_id=1) as client:
        assert [(event[0], event[2]["health"]) for event in client.events(2)] == [(2, "healthy"), (3, "unknown")]


def test_while_it_is_open_the_mirror_goes_on(port: int, member: User, row: Resource) -> None:
    before = timezone.now()
    with opened(port, row, member) as client:
        assert client.event()[1] == "snapshot"
        row.refresh_from_db()
        assert row.watched_until is not None
        assert row.watched_until > before + timedelta(seconds=30)
        looked = ResourceMirror.objects.get(pk=row.cluster_id).looked_at
        assert looked is not None
        assert looked >= before


def test_a_ticket_opens_it(port: int, member: User, row: Resource) -> None:
    ticket = create_ticket(path=f"/resources/{row.pk}/stream", actor=principal_of(member))
    with opened(port, row, None, f"?ticket={ticket}") as client:
        assert client.event()[1] == "snapshot"


def test_who_may_not(port: int, member: User, row: Resource) -> None:
    other = make_user()
    limited = make_user()
    ClusterShare.objects.create(
        cluster=row.cluster,
        email=limited.email,
        user=limited,
        workspace=limited.personal_workspace,
        role="viewer",
        namespaces=["other"],
        name="home",
    )
    for who, what, status in ((None, row, 401), (other, row, 404), (limited, row, 404), (member, "nothing", 404)):
        with opened(port, what, who) as client:
            assert client.response.status_code == status
            assert set(json.loads(client.response.read())) == {"error", "code"}


def test_a_share_that_ends_ends_it(port: int, row: Resource, monkeypatch: Any) -> None:
    monkeypatch.setattr(sse, "RECHECK_SECONDS", 0.2)
    someone = make_user()
    share = ClusterShare.objects.create(
        cluster=row.cluster,
        email=someone.email,
        user=someone,
        workspace=someone.personal_workspace,
        role="viewer",
        namespaces=["shop"],
        name="home",
    )
    with opened(port, row, someone) as client:
        assert client.event()[1] == "snapshot"
        ClusterShare.objects.filter(pk=share.pk).update(namespaces=["other"])
        assert client.event()[1] == "revoked"


def test_it_is_only_read(row: Resource) -> None:
    assert JsonClient().post(f"/v1/api/resources/{row.pk}/stream").status_code == 400
