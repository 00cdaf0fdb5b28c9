"""The audit record over HTTP."""

from typing import Any

import pytest

from accounts.models import User
from accounts.services import principal_of
from audit.services import record
from core.principal import system_principal
from tests.factories import JsonClient, make_client

pytestmark = pytest.mark.django_db

URL = "/v1/api/audit"


def test_everyone_sees_their_own(member: User, other_member: User) -> None:
    record(
        action="thing.made",
        object_type="thing",
        object_id="1",
        object_name="mine",
        actor=principal_of(member),
    )
    record(action="thing.made", object_type="thing", object_id="2", actor=principal_of(other_member))
    # What somebody else did to a thing of mine is mine to know, but not where they were.
    guest = principal_of(other_member)
    record(
        action="thing.changed",
        object_type="thing",
        object_id="1",
        workspace=principal_of(member).workspace,
        actor=guest,
    )
    body = make_client(member).get(f"{URL}?object_type=thing").json()
    assert [(row["action"], row["actor"]["name"]) for row in body["events"]] == [
        ("thing.changed", "other@example.com"),
        ("thing.made", "member@example.com"),
    ]
    assert body["events"][0]["ip"] is None
    assert set(body["events"][1]) == {
        "id", "created_at", "action", "actor", "object", "workspace_id", "ip", "request_id", "detail",
    }  # fmt: skip
    assert body["events"][1]["object"] == {"type": "thing", "id": "1", "name": "mine"}
    assert body["events"][1]["created_at"].endswith("Z")


def test_administrators_see_all(member: User, admin: User, django_assert_num_queries: Any) -> None:
    for n in range(3):
        record(action="thing.made", object_type="thing", object_id=str(n), actor=principal_of(member))
    record(action="key.rotated", object_type="key", object_id="1", actor=system_principal("setup"))
    client = make_client(admin)
    with django_assert_num_queries(3):
        body = client.get(f"{URL}?limit=2&page=1").json()
    assert (body["page"], body["limit"], len(body["events"])) == (1, 2, 2)
    assert client.get(f"{URL}?action=thing").json()["total"] == 3
    assert client.get(f"{URL}?action=thing.made&object_id=2").json()["total"] == 1
    assert client.get(f"{URL}?actor_id={member.pk}&object_type=thing").json()["total"] == 3
    assert client.get(f"{URL}?search=KEY.ROT").json()["total"] == 1
    assert client.get(f"{URL}?action=%25").json()["total"] == 0
    assert make_client(member).get(f"{URL}?action=key.rotated").json()["total"] == 0


def test_list_rules(member: User) -> None:
    client = make_client(member)
    assert client.get(f"{URL}?page=99").json()["events"] == []
    assert client.get(f"{URL}?limit=500").json()["limit"] == 100
    oldest = client.get(f"{URL}?sort=created_at&order=asc").json()["events"][0]
    assert oldest["action"] == "user.registered"
    for bad in ("page=0", "sort=ip", "order=sideways"):
        assert client.get(f"{URL}?{bad}").status_code == 400


def test_it_cannot_be_written_to(member: User) -> None:
    client = make_client(member)
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(URL).status_code >= 400


def test_nobody() -> None:
    assert JsonClient().get(URL).status_code == 401


def test_an_entry_knows_its_request(member: User) -> None:
    client = make_client(member)
    client.put("/v1/api/profile", {"name": "New"}, HTTP_X_REQUEST_ID="request-1234")
    entry = client.get(f"{URL}?action=user.updated").json()["events"][0]
    assert (entry["request_id"], entry["ip"]) == ("request-1234", "127.0.0.1")
