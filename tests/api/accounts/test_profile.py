"""Profile, password and address."""

from typing import Any

import pytest
import time_machine

from accounts.events import email_verified
from accounts.models import CodePurpose, OneTimeCode, User
from accounts.tasks import send_code
from audit.models import AuditEntry
from tests.factories import PASSWORD, JsonClient, make_client

pytestmark = pytest.mark.django_db

API = "/v1/api"
URL = f"{API}/profile"


def logs_in(email: str, password: str) -> bool:
    answer = JsonClient().post(f"{API}/auth/login", {"email": email, "password": password})
    return bool(answer.status_code == 200)


class TestProfile:
    def test_get(self, member: User, django_assert_num_queries: Any) -> None:
        client = make_client(member)
        with django_assert_num_queries(2):
            answer = client.get(URL)
        body = answer.json()
        assert set(body) == {
            "id", "name", "email", "role", "avatar_url", "is_email_verified", "has_password",
            "created_at", "updated_at",
        }  # fmt: skip
        assert (body["id"], body["email"], body["role"]) == (member.pk, "member@example.com", "user")
        assert answer["ETag"].startswith(f'"{member.pk}.')

    def test_put(self, member: User) -> None:
        client = make_client(member)
        before = client.get(URL)
        answer = client.put(URL, {"name": "New name", "avatar_url": "https://example.com/a.png"})
        assert answer.status_code == 200
        assert (answer.json()["name"], answer.json()["avatar_url"]) == (
            "New name",
            "https://example.com/a.png",
        )
        assert answer["ETag"] != before["ETag"]
        assert client.get(URL).json() == answer.json()
        assert client.get(URL)["ETag"] == answer["ETag"]
        entry = AuditEntry.objects.get(action="user.updated")
        assert entry.detail == {"changed": ["name", "avatar_url"]}

    def test_put_back_what_one_got(self, member: User) -> None:
        client = make_client(member)
        body = client.get(URL).json()
        answer = client.put(URL, body)
        assert (answer.status_code, answer.json()) == (200, body)
        assert not AuditEntry.objects.filter(action="user.updated").exists()

    def test_an_empty_body_changes_nothing(self, member: User) -> None:
        answer = make_client(member).generic("PUT", URL, b"", content_type="")
        assert (answer.status_code, answer.json()["name"]) == (200, "Member")

    @pytest.mark.parametrize("empty", ["", None])
    def test_the_picture_can_go(self, member: User, empty: str | None) -> None:
        client = make_client(member)
        client.put(URL, {"avatar_url": "https://example.com/a.png"})
        assert client.put(URL, {"avatar_url": empty}).json()["avatar_url"] == ""

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "x" * 201}, "name"),
            ({"avatar_url": "javascript:alert(1)"}, "avatar_url"),
            ({"avatar_url": "data:image/png;base64,AA"}, "avatar_url"),
            ({"email": "nothing"}, "email"),
        ],
    )
    def test_validation(self, member: User, change: dict[str, str], field: str) -> None:
        answer = make_client(member).put(URL, change)
        assert answer.status_code == 400
        assert field in answer.json()["fields"]

    def test_role_and_the_like_cannot_be_chosen(self, member: User) -> None:
        body = make_client(member).put(URL, {"role": "admin", "id": "x", "is_email_verified": False}).json()
        assert (body["role"], body["id"], body["is_email_verified"]) == ("user", member.pk, True)

    def test_if_match(self, member: User) -> None:
        client = make_client(member)
        etag = client.get(URL)["ETag"]
        assert client.put(URL, {"name": "One"}, HTTP_IF_MATCH=etag).status_code == 200
        late = client.put(URL, {"name": "Two"}, HTTP_IF_MATCH=etag)
        assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
        assert client.get(URL).json()["name"] == "One"

    def test_nobody(self) -> None:
        client = JsonClient()
        assert client.get(URL).status_code == 401
        assert client.put(URL, {"name": "x"}).status_code == 401


class TestAddress:
    def test_a_new_one_needs_the_password(self, member: User) -> None:
        client = make_client(member)
        for wrong in ({}, {"current_password": ""}, {"current_password": "wrong"}):
            answer = client.put(URL, {"email": "new@example.com"} | wrong)
            assert (answer.status_code, answer.json()["code"]) == (400, "wrong_password")
        answer = client.put(URL, {"email": "New@Example.com", "current_password": PASSWORD})
        assert (answer.status_code, answer.json()["email"]) == (200, "new@example.com")
        assert logs_in("new@example.com", PASSWORD)
        assert not logs_in("member@example.com", PASSWORD)

    def test_a_taken_one(self, member: User, other_member: User) -> None:
        body = {"name": "Changed", "email": other_member.email.upper(), "current_password": PASSWORD}
        client = make_client(member)
        answer = client.put(URL, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
        assert client.get(URL).json()["name"] == "Member"

    def test_without_mail_every_address_counts_as_confirmed(self, settings: Any) -> None:
        settings.EMAIL_HOST = ""
        body = {"email": "new@example.com", "password": "password123", "name": "New"}
        JsonClient().post(f"{API}/auth/register", body)
        assert User.objects.get().is_email_verified
        assert not OneTimeCode.objects.exists()

    def test_with_mail_it_is_confirmed_by_a_link(self, settings: Any, mailoutbox: Any) -> None:
        settings.EMAIL_HOST = "mail.example.com"
        heard: list[User] = []

        def listener(user: User, **_: Any) -> None:
            heard.append(user)

        email_verified.connect(listener)
        body = {"email": "new@example.com", "password": "password123", "name": "New"}
        token = JsonClient().post(f"{API}/auth/register", body).json()["token"]
        assert not User.objects.get().is_email_verified
        send_code(OneTimeCode.objects.get().pk)
        assert mailoutbox[0].to == ["new@example.com"]
        link = next(word for word in mailoutbox[0].body.split() if "/verify-email#code=" in word)
        code = link.partition("#code=")[2]

        client = JsonClient()
        assert client.post(f"{API}/auth/email/verify", {"code": "wrong"}).status_code == 400
        assert client.post(f"{API}/auth/password/reset", {"code": code, "password": "x" * 9}).status_code == 400
        assert client.post(f"{API}/auth/email/verify", {"code": code}).status_code == 204
        assert client.post(f"{API}/auth/email/verify", {"code": code}).status_code == 400
        assert User.objects.get().is_email_verified
        email_verified.disconnect(listener)
        assert heard == [User.objects.get()]
        # Asking again when all is well makes no link.
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        assert client.post(f"{API}/auth/email/verification").status_code == 202
        assert OneTimeCode.objects.filter(used_at=None).count() == 0

    def test_another_mail_and_the_first_link_ends(self, member: User, settings: Any) -> None:
        settings.EMAIL_HOST = "mail.example.com"
        User.objects.update(is_email_verified=False)
        client = make_client(member)
        for _ in range(2):
            assert client.post(f"{API}/auth/email/verification").status_code == 202
        assert OneTimeCode.objects.filter(purpose=CodePurpose.EMAIL_VERIFICATION).count() == 2
        assert OneTimeCode.objects.filter(used_at=None).count() == 1
        assert JsonClient().post(f"{API}/auth/email/verification").status_code == 401

    def test_a_new_address_has_to_be_confirmed_anew(self, member: User, settings: Any, mailoutbox: Any) -> None:
        settings.EMAIL_HOST = "mail.example.com"
        client = make_client(member)
        client.put(URL, {"email": "new@example.com", "current_password": PASSWORD})
        assert client.get(URL).json()["is_email_verified"] is False
        send_code(OneTimeCode.objects.get(used_at=None).pk)
        assert mailoutbox[0].to == ["new@example.com"]


class TestPassword:
    URL = f"{URL}/password"

    def test_success_ends_other_sessions(self, member: User) -> None:
        client, elsewhere = make_client(member), make_client(member)
        answer = client.put(self.URL, {"current_password": PASSWORD, "new_password": "another password"})
        assert (answer.status_code, answer.content) == (204, b"")
        assert client.get(URL).status_code == 200
        assert elsewhere.get(URL).status_code == 401
        assert logs_in(member.email, "another password")
        assert not logs_in(member.email, PASSWORD)
        assert AuditEntry.objects.filter(action="password.changed").count() == 1

    @pytest.mark.parametrize(
        ("current", "new", "field"),
        [
            ("wrong password", "another password", "current_password"),
            (PASSWORD, "short", "new_password"),
            (PASSWORD, "", "new_password"),
            ("", "another password", "current_password"),
        ],
    )
    def test_validation(self, member: User, current: str, new: str, field: str) -> None:
        client, elsewhere = make_client(member), make_client(member)
        answer = client.put(self.URL, {"current_password": current, "new_password": new})
        assert answer.status_code == 400
        assert field in answer.json()["fields"]
        assert elsewhere.get(URL).status_code == 200

    def test_guesses_are_throttled(self, member: User) -> None:
        client = make_client(member)
        body = {"current_password": "wrong password", "new_password": "another password"}
        with time_machine.travel(1_800_000_000, tick=False):
            client = make_client(member)
            codes = [client.put(self.URL, body).status_code for _ in range(11)]
        assert codes == [400] * 10 + [429]

    def test_nobody(self) -> None:
        assert JsonClient().put(self.URL, {}).status_code == 401
