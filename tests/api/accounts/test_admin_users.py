"""Administrators care for accounts: who has one, with which role, where they are signed in."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Role, User
from audit.models import AuditEntry
from tests.factories import PASSWORD, JsonClient, make_client, make_user

pytestmark = pytest.mark.django_db

URL = "/v1/api/admin/users"


def test_who_has_an_account(admin: User, member: User, django_assert_num_queries: Any) -> None:
    make_client(member)
    client = make_client(admin)
    make_user("grace@example.com", name="Grace")
    with django_assert_num_queries(3):
        body = client.get(f"{URL}?limit=2&sort=email&order=asc").json()
    assert (body["total"], len(body["users"])) == (3, 2)
    found = client.get(f"{URL}?search=MEMBER@").json()["users"]
    assert [(user["email"], user["role"], user["sessions"], user["is_disabled"]) for user in found] == [
        ("member@example.com", "user", 1, False)
    ]
    assert found[0] == client.get(f"{URL}/{member.pk}").json()
    assert found[0]["last_seen_at"].endswith("Z")
    assert "password" not in found[0]
    assert client.get(f"{URL}?role=admin").json()["total"] == 1
    assert client.get(f"{URL}?is_disabled=true").json()["users"] == []
    assert client.get(f"{URL}?search=%25").json()["total"] == 0
    assert client.get(f"{URL}?page=9").json()["users"] == []
    never = client.get(f"{URL}?search=grace").json()["users"][0]
    assert (never["sessions"], never["last_seen_at"]) == (0, None)
    for bad in ("role=king", "is_disabled=maybe", "sort=password", "page=0"):
        assert client.get(f"{URL}?{bad}").status_code == 400, bad


def test_only_administrators(member: User, other_member: User) -> None:
    routes: list[tuple[str, str]] = [
        ("get", URL),
        ("get", f"{URL}/{other_member.pk}"),
        ("patch", f"{URL}/{other_member.pk}"),
        ("get", f"{URL}/{other_member.pk}/sessions"),
        ("delete", f"{URL}/{other_member.pk}/sessions"),
        ("delete", f"{URL}/{other_member.pk}/sessions/x"),
        ("post", f"{URL}/{other_member.pk}/password-reset"),
    ]
    for method, path in routes:
        assert getattr(JsonClient(), method)(path).status_code == 401, path
        assert getattr(make_client(member), method)(path).status_code == 403, path


def test_a_role_holds_at_once(admin: User, member: User) -> None:
    client, theirs = make_client(admin), make_client(member)
    assert theirs.get(URL).status_code == 403
    answer = client.patch(f"{URL}/{member.pk}", {"role": "admin"})
    assert (answer.status_code, answer.json()["role"]) == (200, "admin")
    assert theirs.get(URL).status_code == 200
    entry = AuditEntry.objects.get(action="user.role_changed")
    assert (entry.object_name, entry.detail) == ("member@example.com", {"from": "user", "to": "admin"})
    assert client.patch(f"{URL}/{member.pk}", {"role": "admin"}).status_code == 200
    assert AuditEntry.objects.filter(action="user.role_changed").count() == 1
    for bad in ({"role": "king"}, {"role": None}, {"is_disabled": "perhaps"}):
        assert client.patch(f"{URL}/{member.pk}", bad).status_code == 400, bad
    assert client.patch(f"{URL}/nobody", {"role": "user"}).status_code == 404


def test_whoever_is_disabled_is_out(admin: User, member: User) -> None:
    client, theirs = make_client(admin), make_client(member)
    assert client.patch(f"{URL}/{member.pk}", {"is_disabled": True}).json()["is_disabled"] is True
    assert theirs.get("/v1/api/profile").status_code == 401
    sign_in = {"email": member.email, "password": PASSWORD}
    assert JsonClient().post("/v1/api/auth/login", sign_in).status_code == 401
    answer = client.post(f"{URL}/{member.pk}/password-reset")
    assert (answer.status_code, answer.json()["code"]) == (409, "account_disabled")
    client.patch(f"{URL}/{member.pk}", {"is_disabled": False})
    # What was ended stays ended.
    assert theirs.get("/v1/api/profile").status_code == 401
    assert JsonClient().post("/v1/api/auth/login", sign_in).status_code == 200
    actions = AuditEntry.objects.filter(object_id=member.pk, actor_id=admin.pk).values_list("action", flat=True)
    assert set(actions) == {"user.disabled", "user.enabled"}


@pytest.mark.parametrize(
    "change",
    [pytest.param({"role": "user"}, id="demoted"), pytest.param({"is_disabled": True}, id="disabled")],
)
def test_the_last_administrator_stays(admin: User, change: dict[str, Any]) -> None:
    client = make_client(admin)
    answer = client.patch(f"{URL}/{admin.pk}", change)
    assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")
    # One who cannot sign in is no help.
    second = make_user(role=Role.ADMIN)
    client.patch(f"{URL}/{second.pk}", {"is_disabled": True})
    assert client.patch(f"{URL}/{admin.pk}", change).status_code == 409
    client.patch(f"{URL}/{second.pk}", {"is_disabled": False})
    assert client.patch(f"{URL}/{admin.pk}", {**change, "role": "user"}).status_code in (200, 401)
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) != (Role.ADMIN, True)


def test_sessions(admin: User, member: User, other_member: User) -> None:
    client, first, second = make_client(admin), make_client(member), make_client(member)
    listed = client.get(f"{URL}/{member.pk}/sessions").json()
    assert (listed["total"], listed["sessions"][0]["is_current"]) == (2, False)
    newest = listed["sessions"][0]["id"]
    assert client.delete(f"{URL}/{other_member.pk}/sessions/{newest}").status_code == 404
    assert client.delete(f"{URL}/{member.pk}/sessions/{newest}").status_code == 200
    assert client.delete(f"{URL}/{member.pk}/sessions/{newest}").status_code == 404
    assert [each.get("/v1/api/profile").status_code for each in (first, second)] == [200, 401]
    assert client.delete(f"{URL}/{member.pk}/sessions").json() == {"message": "One session has ended."}
    assert first.get("/v1/api/profile").status_code == 401
    assert client.get(f"{URL}/nobody/sessions").status_code == 404
    assert AuditEntry.objects.filter(action="user.sessions_ended", object_id=member.pk).count() == 1


def test_a_link_for_a_new_password(admin: User, member: User, client_for: Callable[..., JsonClient]) -> None:
    answer = client_for(admin).post(f"{URL}/{member.pk}/password-reset")
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert (body["email"], body["is_mailed"]) == ("member@example.com", False)
    code = body["link"].partition("#code=")[2]
    reset = {"code": code, "password": "another horse battery"}
    assert JsonClient().post("/v1/api/auth/password/reset", reset).status_code == 204
    assert JsonClient().post("/v1/api/auth/password/reset", reset).status_code == 400
    entry = AuditEntry.objects.get(action="password.reset_link_made")
    assert code not in str(entry.detail)


def test_a_link_goes_by_mail_where_there_is_a_server(admin: User, member: User, settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    body = make_client(admin).post(f"{URL}/{member.pk}/password-reset").json()
    assert (body["link"], body["is_mailed"]) == (None, True)
