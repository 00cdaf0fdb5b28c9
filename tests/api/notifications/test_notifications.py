"""Notifications over HTTP: told once, to the right people, read and unread."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import MemberRole, Membership, User
from accounts.services import principal_of
from audit.models import AuditEntry
from notifications.models import Notification, ReadPosition
from notifications.services import forget_old, take_in
from realtime import services as realtime
from tests.api.notifications.conftest import API, tell
from tests.factories import make_client
from workflows.services import create_workflow
from workflows.services.shares import share_workflow
from workflows.types import GraphInput

pytestmark = pytest.mark.django_db


def test_a_failed_run_is_told_once(member: User, other_member: User) -> None:
    tell(member)
    assert take_in() == 0
    body = make_client(member).get(API).json()
    assert (body["total"], body["unread"]) == (1, 1)
    told = body["notifications"][0]
    assert told | {"id": "", "created_at": ""} == {
        "id": "",
        "kind": "run.failed",
        "is_bad": True,
        "title": "Shop could not be deployed on home",
        "message": "web: no such image",
        "url": "/workflows/w1?run=run_1",
        "subject": {"type": "run", "id": "run_1"},
        "is_read": False,
        "created_at": "",
    }
    assert make_client(other_member).get(API).json()["notifications"] == []


def test_all_members_and_whoever_began_it_are_told_but_no_closed_account(member: User, other_member: User) -> None:
    workflow = create_workflow(fields={"name": "Shop"}, sent=GraphInput([], []), actor=principal_of(member))
    begun = {"started_by": other_member.email, "workflow_id": workflow.pk}
    tell(member, **begun)
    assert Notification.objects.filter(user=other_member).count() == 0, "it is not shared with them, or no more"
    share_workflow(workflow_id=workflow.pk, email=other_member.email, role="editor", actor=principal_of(member))
    tell(member, **begun)
    titles = {user: Notification.objects.filter(user=user).last() for user in (member, other_member)}
    assert {user: row and row.title for user, row in titles.items()} == {
        member: "Shop could not be deployed on home",
        other_member: "Shop could not be deployed",
    }
    Notification.objects.all().delete()
    other_member.is_active = False
    other_member.save()
    Membership.objects.create(workspace_id=principal_of(member).workspace, user=other_member, role=MemberRole.EDITOR)
    tell(member)
    assert Notification.objects.filter(user=other_member).count() == 0


def test_what_was_pruned_before_it_was_read_is_passed_over(member: User) -> None:
    workspace = principal_of(member).workspace
    with transaction.atomic():
        realtime.publish(stream=f"workspace:{workspace}", type="run.ended", workspace=workspace, subject="", payload={})
    realtime.prune(older_than=timedelta(seconds=-5))
    assert take_in() == 0
    assert ReadPosition.objects.get(stream=f"workspace:{workspace}").cursor > 0
    tell(member)
    assert Notification.objects.count() == 1


def test_reading(member: User, other_member: User) -> None:
    for number in range(3):
        tell(member, name=f"Shop {number}")
    client = make_client(member)
    newest, middle, _ = client.get(API).json()["notifications"]
    answer = client.patch(f"{API}/{middle['id']}", {"is_read": True})
    assert (answer.status_code, answer.json()["is_read"]) == (200, True)
    assert [row["title"][:6] for row in client.get(f"{API}?unread=true").json()["notifications"]] == [
        "Shop 2",
        "Shop 0",
    ]
    assert client.get(API).json()["unread"] == 2
    assert client.patch(f"{API}/{middle['id']}", {"is_read": False}).json()["is_read"] is False
    assert client.post(f"{API}/read", {"up_to": middle["id"]}).json() == {"marked": 2, "unread": 1}
    assert client.post(f"{API}/read").json() == {"marked": 1, "unread": 0}
    assert client.patch(f"{API}/{newest['id']}", {}).status_code == 400
    stranger = make_client(other_member)
    assert stranger.patch(f"{API}/{newest['id']}", {"is_read": False}).status_code == 404
    assert stranger.post(f"{API}/read", {"up_to": newest["id"]}).status_code == 404
    assert client.patch(f"{API}/nonsense", {"is_read": False}).status_code == 404


def test_list_rules(member: User, django_assert_num_queries: Any) -> None:
    for number in range(3):
        tell(member, name=f"Shop {number}")
    tell(member, "build.finished", id="b1", image="r/app", tag="1", status="succeeded")
    client = make_client(member)
    with django_assert_num_queries(4):
        body = client.get(f"{API}?limit=2").json()
    assert (len(body["notifications"]), body["total"]) == (2, 4)
    assert client.get(f"{API}?page=9").json()["notifications"] == []
    assert client.get(f"{API}?kind=run").json()["total"] == 3
    assert client.get(f"{API}?kind=build.succeeded").json()["total"] == 1
    assert client.get(f"{API}?search=shop%202").json()["total"] == 1
    assert client.get(f"{API}?search=%25").json()["total"] == 0
    assert client.get(f"{API}?kind=%00").json()["total"] == 0
    for bad in ("page=0", "sort=title", "order=sideways"):
        assert client.get(f"{API}?{bad}").status_code == 400


def test_preferences(member: User, other_member: User) -> None:
    client = make_client(member)
    body = client.get(f"{API}/preferences").json()
    assert {"kind": "run.failed", "in_app": True, "email": True} in body["preferences"]
    assert {"kind": "run.succeeded", "in_app": True, "email": False} in body["preferences"]
    assert body["email"] == {"is_available": False, "address": "member@example.com", "is_verified": True}
    wish = {"kind": "run.failed", "in_app": False, "email": False}
    answer = client.put(f"{API}/preferences", {"preferences": [wish]})
    assert answer.status_code == 200
    assert wish in answer.json()["preferences"]
    entry = AuditEntry.objects.get(action="notifications.preferences_changed")
    assert entry.detail == {"kinds": ["run.failed"]}
    tell(member)
    tell(member, status="rolled_back")
    assert [row["kind"] for row in client.get(API).json()["notifications"]] == ["run.rolled_back"]
    tell(other_member)
    assert make_client(other_member).get(API).json()["total"] == 1
    for bad in ({}, {"preferences": [{**wish, "kind": "moon.full"}]}, {"preferences": [wish] * 9}):
        assert client.put(f"{API}/preferences", bad).status_code == 400


def test_old_ones_are_forgotten(member: User) -> None:
    tell(member)
    tell(member)
    Notification.objects.filter(pk=Notification.objects.first().pk).update(  # type: ignore[union-attr]
        created_at=timezone.now() - timedelta(days=91)
    )
    assert forget_old() == 1
    assert Notification.objects.count() == 1


def test_an_event_that_is_nonsense_holds_nothing_up(member: User) -> None:
    tell(member, name=None, message=None, cluster=None, run_id=None, workflow_id={"not": "a word"})
    tell(member, "cluster.status_changed", id=7, name=["x"], was="connected", status="disconnected")
    assert Notification.objects.count() == 2
