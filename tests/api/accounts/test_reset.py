"""Forgotten passwords: by mail where there is a server, by an administrator where there is none."""

from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from accounts.models import OneTimeCode, User
from accounts.tasks import send_code
from audit.models import AuditEntry
from core import jobs
from tests.factories import PASSWORD, JsonClient, make_client

pytestmark = pytest.mark.django_db

API = "/v1/api"
FORGOT, RESET, OPEN = (
    f"{API}/auth/password/forgot",
    f"{API}/auth/password/reset",
    f"{API}/admin/password-resets",
)


@pytest.fixture
def anyone() -> JsonClient:
    return JsonClient()


@pytest.fixture
def no_mail(settings: Any) -> None:
    settings.EMAIL_HOST = ""


@pytest.fixture
def with_mail(settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example.com"


def code_for(user: User, admin: User) -> str:
    """As an administrator passes it on."""
    assert JsonClient().post(FORGOT, {"email": user.email}).status_code == 202
    rows = make_client(admin).get(OPEN).json()["password_resets"]
    link: str = next(row["link"] for row in rows if row["email"] == user.email)
    assert link.startswith("http://localhost:8080/reset-password#code=")
    return link.partition("#code=")[2]


@pytest.mark.usefixtures("no_mail")
class TestWithoutMail:
    def test_an_administrator_passes_the_link_on(self, anyone: JsonClient, member: User, admin: User) -> None:
        client = make_client(member)
        code = code_for(member, admin)
        assert code not in str(OneTimeCode.objects.values().get())
        answer = anyone.post(RESET, {"code": code, "password": "another password"})
        assert (answer.status_code, answer.content) == (204, b"")
        assert client.get(f"{API}/profile").status_code == 401
        for password, status in ((PASSWORD, 401), ("another password", 200)):
            answer = anyone.post(f"{API}/auth/login", {"email": member.email, "password": password})
            assert answer.status_code == status
        assert make_client(admin).get(OPEN).json()["password_resets"] == []
        assert AuditEntry.objects.filter(actor_id=member.pk, action="password.reset").count() == 1

    def test_once_only(self, anyone: JsonClient, member: User, admin: User) -> None:
        code = code_for(member, admin)
        assert anyone.post(RESET, {"code": code, "password": "another password"}).status_code == 204
        answer = anyone.post(RESET, {"code": code, "password": "a third password"})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_code")

    def test_a_bad_password_does_not_use_it_up(self, anyone: JsonClient, member: User, admin: User) -> None:
        code = code_for(member, admin)
        answer = anyone.post(RESET, {"code": code, "password": "short"})
        assert (answer.status_code, "password" in answer.json()["fields"]) == (400, True)
        assert anyone.post(RESET, {"code": code, "password": "another password"}).status_code == 204

    def test_for_an_hour(self, anyone: JsonClient, member: User, admin: User) -> None:
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            code = code_for(member, admin)
            clock.shift(3601)
            assert make_client(admin).get(OPEN).json()["total"] == 0
            assert anyone.post(RESET, {"code": code, "password": "another password"}).status_code == 400

    def test_the_newest_link_only(self, anyone: JsonClient, member: User, admin: User) -> None:
        old = code_for(member, admin)
        code_for(member, admin)
        assert anyone.post(RESET, {"code": old, "password": "another password"}).status_code == 400

    def test_a_changed_password_ends_the_link(self, anyone: JsonClient, member: User, admin: User) -> None:
        code = code_for(member, admin)
        body = {"current_password": PASSWORD, "new_password": "another password"}
        assert make_client(member).put(f"{API}/profile/password", body).status_code == 204
        assert anyone.post(RESET, {"code": code, "password": "a third password"}).status_code == 400

    def test_a_changed_address_ends_the_link(self, anyone: JsonClient, member: User, admin: User) -> None:
        code = code_for(member, admin)
        body = {"email": "new@example.com", "current_password": PASSWORD}
        assert make_client(member).put(f"{API}/profile", body).status_code == 200
        assert anyone.post(RESET, {"code": code, "password": "another password"}).status_code == 400

    def test_a_closed_account(self, anyone: JsonClient, member: User, admin: User) -> None:
        code = code_for(member, admin)
        User.objects.filter(pk=member.pk).update(is_active=False)
        assert anyone.post(RESET, {"code": code, "password": "another password"}).status_code == 400

    def test_guesses_are_throttled(self, anyone: JsonClient) -> None:
        body = {"code": "guess", "password": "another password"}
        with time_machine.travel(1_800_000_000, tick=False):
            codes = [anyone.post(RESET, body).status_code for _ in range(51)]
        assert codes == [400] * 50 + [429]

    def test_the_list_of_open_links(
        self,
        anyone: JsonClient,
        member: User,
        other_member: User,
        admin: User,
        django_assert_num_queries: Any,
    ) -> None:
        for user in (member, other_member):
            anyone.post(FORGOT, {"email": user.email})
        client = make_client(admin)
        with django_assert_num_queries(3):
            answer = client.get(OPEN)
        body = answer.json()
        assert (body["total"], answer["Cache-Control"]) == (2, "no-store")
        assert set(body["password_resets"][0]) == {"id", "email", "name", "link", "created_at", "expires_at"}
        assert [row["email"] for row in body["password_resets"]] == [
            "other@example.com",
            "member@example.com",
        ]
        page = client.get(f"{OPEN}?limit=1&page=2&sort=email&order=desc").json()
        assert [row["email"] for row in page["password_resets"]] == ["member@example.com"]
        assert client.get(f"{OPEN}?search=OTHER").json()["total"] == 1
        assert client.get(f"{OPEN}?sort=digest").status_code == 400
        assert make_client(member).get(OPEN).status_code == 403
        assert anyone.get(OPEN).status_code == 401


@pytest.mark.usefixtures("with_mail")
class TestWithMail:
    def test_the_link_comes_by_mail_and_proves_the_address(
        self,
        anyone: JsonClient,
        member: User,
        admin: User,
        mailoutbox: Any,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        woken: list[tuple[str, tuple[Any, ...]]] = []
        monkeypatch.setattr(jobs, "_sender", lambda name, args: woken.append((name, args)))
        User.objects.filter(pk=member.pk).update(is_email_verified=False)
        with django_capture_on_commit_callbacks(execute=True):
            anyone.post(FORGOT, {"email": "MEMBER@example.com"})
        row = OneTimeCode.objects.get()
        assert woken == [("accounts.send_code", (row.pk,))]
        assert send_code.name == "accounts.send_code"
        assert make_client(admin).get(OPEN).json()["password_resets"][0]["link"] is None

        send_code(row.pk)
        assert mailoutbox[0].to == ["member@example.com"]
        code = mailoutbox[0].body.partition("#code=")[2].split()[0]
        assert anyone.post(RESET, {"code": code, "password": "another password"}).status_code == 204
        member.refresh_from_db()
        assert member.is_email_verified
        send_code(row.pk)  # Too late, and harmless.
        send_code("unknown")
        assert len(mailoutbox) == 1


class TestForgot:
    @pytest.mark.parametrize("email", ["nobody@example.com", "no address", "x" * 999])
    def test_the_answer_never_tells_who_exists(self, anyone: JsonClient, member: User, email: str) -> None:
        known = anyone.post(FORGOT, {"email": member.email})
        unknown = anyone.post(FORGOT, {"email": email})
        assert known.status_code == unknown.status_code == 202
        assert known.json() == unknown.json()
        assert OneTimeCode.objects.count() == 1

    @pytest.mark.parametrize("body", [{}, {"email": ""}, {"email": []}])
    def test_validation(self, anyone: JsonClient, body: dict[str, Any]) -> None:
        assert anyone.post(FORGOT, body).status_code == 400
        assert anyone.post(RESET, body).status_code == 400

    def test_a_closed_account_gets_nothing(self, anyone: JsonClient, member: User) -> None:
        User.objects.update(is_active=False)
        assert anyone.post(FORGOT, {"email": member.email}).status_code == 202
        assert not OneTimeCode.objects.exists()

    def test_throttle(self, anyone: JsonClient, member: User) -> None:
        with time_machine.travel(1_800_000_000, tick=False):
            codes = [anyone.post(FORGOT, {"email": member.email}).status_code for _ in range(61)]
            assert codes == [202] * 60 + [429]
            assert OneTimeCode.objects.count() == 5
            cache.clear()
            assert anyone.post(FORGOT, {"email": member.email}).status_code == 202
