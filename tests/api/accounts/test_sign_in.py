"""Register, login, methods, and what a bearer token opens."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from accounts.models import Role, Session, SignupSetting, User
from audit.models import AuditEntry
from tests.factories import PASSWORD, JsonClient, make_user

pytestmark = pytest.mark.django_db

API = "/v1/api"
NEW = {"email": "new@example.com", "password": "password123", "name": "New"}


@pytest.fixture
def anyone() -> JsonClient:
    return JsonClient()


def check_grant(body: dict[str, Any], user: User) -> None:
    assert set(body) == {"token", "user", "refresh_token", "expires_in"}
    assert body["user"] == {"id": user.pk, "name": user.name, "email": user.email, "role": user.role}
    assert body["expires_in"] == 3600
    assert body["token"].count(".") == 2
    assert body["refresh_token"]


class TestRegister:
    def test_success(self, anyone: JsonClient) -> None:
        answer = anyone.post(f"{API}/auth/register", NEW)
        assert answer.status_code == 201
        user = User.objects.get(email="new@example.com")
        check_grant(answer.json(), user)
        assert user.role == Role.USER
        assert answer["Cache-Control"] == "no-store"
        assert not answer.cookies
        anyone.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['token']}")
        assert anyone.get(f"{API}/profile").json()["email"] == "new@example.com"

    def test_a_trailing_slash_is_fine(self, anyone: JsonClient) -> None:
        assert anyone.post(f"{API}/auth/register/", NEW).status_code == 201

    def test_a_stale_token_does_not_matter(self, anyone: JsonClient) -> None:
        anyone.credentials(HTTP_AUTHORIZATION="Bearer stale")
        assert anyone.post(f"{API}/auth/register", NEW).status_code == 201

    @pytest.mark.parametrize("email", ["member@example.com", "MEMBER@Example.com", " member@example.com "])
    def test_a_taken_address(self, anyone: JsonClient, member: User, email: str) -> None:
        answer = anyone.post(f"{API}/auth/register", NEW | {"email": email})
        assert answer.status_code == 409
        assert answer.json()["code"] == "email_taken"
        assert User.objects.count() == 1

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"email": "no address"}, "email"),
            ({"email": ""}, "email"),
            ({"email": f"{'a' * 250}@example.com"}, "email"),
            ({"password": "seven77"}, "password"),
            ({"password": "x" * 1025}, "password"),
            ({"name": ""}, "name"),
            ({"name": None}, "name"),
            ({"name": ["list"]}, "name"),
            ({"name": "with \x00"}, "name"),
        ],
    )
    def test_validation(self, anyone: JsonClient, change: dict[str, Any], field: str) -> None:
        answer = anyone.post(f"{API}/auth/register", NEW | change)
        assert answer.status_code == 400
        assert field in answer.json()["fields"]
        assert not User.objects.exists()

    @pytest.mark.parametrize("body", [{}, [], "text", None])
    def test_other_bodies(self, anyone: JsonClient, body: Any) -> None:
        assert anyone.post(f"{API}/auth/register", body).status_code == 400

    def test_common_passwords(self, anyone: JsonClient, settings: Any) -> None:
        settings.CHECK_COMMON_PASSWORDS = True
        answer = anyone.post(f"{API}/auth/register", NEW)
        assert answer.status_code == 400
        assert answer.json()["code"] == "invalid_password"

    def test_nobody_chooses_a_role(self, anyone: JsonClient) -> None:
        body = anyone.post(f"{API}/auth/register", NEW | {"role": "admin", "is_active": False}).json()
        assert body["user"]["role"] == "user"

    def test_it_is_on_record(self, anyone: JsonClient) -> None:
        anyone.post(f"{API}/auth/register", NEW)
        actions = set(AuditEntry.objects.values_list("action", "actor_name", "ip"))
        assert actions == {
            ("user.registered", "new@example.com", "127.0.0.1"),
            ("session.started", "new@example.com", "127.0.0.1"),
        }

    def test_throttle(self, anyone: JsonClient, monkeypatch: pytest.MonkeyPatch) -> None:
        from accounts import throttle

        monkeypatch.setattr(throttle, "REGISTER_BY_ADDRESS", throttle.Limit("register-address", 2, 300))
        with time_machine.travel(1_800_000_000, tick=False):
            codes = [
                anyone.post(f"{API}/auth/register", NEW | {"email": f"{n}@example.com"}).status_code for n in range(3)
            ]
        assert codes == [201, 201, 429]


class TestInvites:
    def test_sign_up_needs_the_code_once_there_is_one(
        self, anyone: JsonClient, admin: User, client_for: Callable[..., JsonClient]
    ) -> None:
        boss = client_for(admin)
        assert boss.get(f"{API}/settings/invite-code").json() == {"invite_code": None}
        code = boss.post(f"{API}/settings/generate-invite-code").json()["invite_code"]
        assert boss.get(f"{API}/settings/invite-code").json() == {"invite_code": code}
        assert code.encode() not in bytes(SignupSetting.objects.get().invite_code or b"")
        assert anyone.get(f"{API}/auth/methods").json()["password"]["signup"] == "invite"
        for wrong in ({}, {"invite_code": ""}, {"invite_code": None}, {"invite_code": "WRONG"}):
            answer = anyone.post(f"{API}/auth/register", NEW | wrong)
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_invite_code")
        assert anyone.post(f"{API}/auth/register", NEW | {"invite_code": code}).status_code == 201
        again = NEW | {"email": "second@example.com", "invite_code": code}
        assert anyone.post(f"{API}/auth/register", again).status_code == 201

    def test_a_code_for_one(self, anyone: JsonClient, admin: User, client_for: Callable[..., JsonClient]) -> None:
        boss = client_for(admin)
        code = boss.post(f"{API}/settings/generate-invite-code").json()["invite_code"]
        url = f"{API}/settings/regenerate-setting"
        assert boss.get(url).json() == {"auto_regenerate": False}
        assert boss.put(url, {"auto_regenerate": True}).json() == {"auto_regenerate": True}
        assert boss.get(url).json() == {"auto_regenerate": True}
        assert boss.put(url, {}).status_code == 400
        # A sign-up that fails does not use the code up.
        taken = anyone.post(f"{API}/auth/register", NEW | {"email": admin.email, "invite_code": code})
        assert taken.status_code == 409
        assert anyone.post(f"{API}/auth/register", NEW | {"invite_code": code}).status_code == 201
        answer = anyone.post(f"{API}/auth/register", NEW | {"email": "b@example.com", "invite_code": code})
        assert answer.status_code == 400
        assert boss.get(f"{API}/settings/invite-code").json()["invite_code"] != code

    def test_closed(self, anyone: JsonClient) -> None:
        SignupSetting.objects.create(mode="closed")
        answer = anyone.post(f"{API}/auth/register", NEW)
        assert (answer.status_code, answer.json()["code"]) == (403, "signup_closed")

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("get", "settings/invite-code"),
            ("post", "settings/generate-invite-code"),
            ("get", "settings/regenerate-setting"),
            ("put", "settings/regenerate-setting"),
        ],
    )
    def test_administrators_only(
        self, member: User, client_for: Callable[..., JsonClient], method: str, path: str
    ) -> None:
        assert getattr(client_for(None), method)(f"{API}/{path}").status_code == 401
        assert getattr(client_for(member), method)(f"{API}/{path}").status_code == 403


class TestLogin:
    def test_success(self, anyone: JsonClient, member: User, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(5):  # Savepoint, user, session, audit entry, end of the savepoint.
            answer = anyone.post(f"{API}/auth/login", {"email": member.email, "password": PASSWORD})
        assert answer.status_code == 200
        check_grant(answer.json(), member)

    @pytest.mark.parametrize("email", ["MEMBER@example.com", "Member@Example.Com", " member@example.com "])
    def test_addresses_are_case_insensitive(self, anyone: JsonClient, member: User, email: str) -> None:
        assert anyone.post(f"{API}/auth/login", {"email": email, "password": PASSWORD}).status_code == 200

    def test_no_content_type_is_json(self, anyone: JsonClient, member: User) -> None:
        body = f'{{"email": "{member.email}", "password": "{PASSWORD}"}}'
        assert anyone.generic("POST", f"{API}/auth/login", body, content_type="").status_code == 200

    @pytest.mark.parametrize(
        ("email", "password"),
        [
            ("member@example.com", "wrong password"),
            ("member@example.com", PASSWORD + " "),
            ("nobody@example.com", PASSWORD),
            ("no address", PASSWORD),
            ("member@example.com", ""),
            ("", PASSWORD),
        ],
    )
    def test_any_mismatch_says_the_same(self, anyone: JsonClient, member: User, email: str, password: str) -> None:
        answer = anyone.post(f"{API}/auth/login", {"email": email, "password": password})
        assert answer.status_code == 401
        assert answer.json()["error"] == "Invalid email or password"
        assert set(answer.json()) == {"error", "code"}

    def test_a_closed_account_says_the_same(self, anyone: JsonClient, member: User) -> None:
        User.objects.filter(pk=member.pk).update(is_active=False)
        answer = anyone.post(f"{API}/auth/login", {"email": member.email, "password": PASSWORD})
        assert (answer.status_code, answer.json()["error"]) == (401, "Invalid email or password")

    @pytest.mark.parametrize("body", [{}, {"email": "a@example.com"}, {"password": "x"}, {"email": 1, "password": {}}])
    def test_validation(self, anyone: JsonClient, body: Any) -> None:
        assert anyone.post(f"{API}/auth/login", body).status_code == 400

    def test_broken_json(self, anyone: JsonClient) -> None:
        answer = anyone.generic("POST", f"{API}/auth/login", "{", content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")

    def test_an_account_is_throttled(self, anyone: JsonClient, member: User) -> None:
        make_user("neighbour@example.com")
        wrong = {"email": member.email, "password": "wrong password"}
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            for _ in range(10):
                assert anyone.post(f"{API}/auth/login", wrong).status_code == 401
            # Now the right one is not tried either, in whatever case the address is written.
            answer = anyone.post(f"{API}/auth/login", {"email": member.email.upper(), "password": PASSWORD})
            assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
            assert 0 < int(answer["Retry-After"]) <= 300
            other = {"email": "neighbour@example.com", "password": PASSWORD}
            assert anyone.post(f"{API}/auth/login", other).status_code == 200
            clock.shift(int(answer["Retry-After"]))
            right = {"email": member.email, "password": PASSWORD}
            assert anyone.post(f"{API}/auth/login", right).status_code == 200

    def test_an_address_is_throttled(self, anyone: JsonClient, member: User) -> None:
        with time_machine.travel(1_800_000_000, tick=False):
            for n in range(50):
                anyone.post(f"{API}/auth/login", {"email": f"{n}@example.com", "password": "wrong password"})
            right = {"email": member.email, "password": PASSWORD}
            assert anyone.post(f"{API}/auth/login", right).status_code == 429
            # The header of a client is not believed.
            spoofed = anyone.post(f"{API}/auth/login", right, HTTP_X_FORWARDED_FOR="192.0.2.99")
            assert spoofed.status_code == 429
            assert anyone.post(f"{API}/auth/login", right, REMOTE_ADDR="192.0.2.99").status_code == 200

    def test_success_does_not_count(self, anyone: JsonClient, member: User) -> None:
        right = {"email": member.email, "password": PASSWORD}
        with time_machine.travel(1_800_000_000, tick=False):
            assert {anyone.post(f"{API}/auth/login", right).status_code for _ in range(12)} == {200}


class TestBearer:
    def test_without(self, anyone: JsonClient) -> None:
        answer = anyone.get(f"{API}/profile")
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert answer.json()["code"] == "unauthenticated"

    @pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x.y.z", "Bearer a b", "Basic YTpi", "nonsense"])
    def test_with_something_else(self, anyone: JsonClient, header: str) -> None:
        answer = anyone.get(f"{API}/profile", HTTP_AUTHORIZATION=header)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"

    def test_no_token_in_the_address(self, anyone: JsonClient, member: User) -> None:
        token = anyone.post(f"{API}/auth/login", {"email": member.email, "password": PASSWORD}).json()["token"]
        assert anyone.get(f"{API}/profile?token={token}&access_token={token}&ticket={token}").status_code == 401

    def test_after_an_hour(self, anyone: JsonClient, member: User) -> None:
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            body = anyone.post(f"{API}/auth/login", {"email": member.email, "password": PASSWORD}).json()
            anyone.credentials(HTTP_AUTHORIZATION=f"bearer {body['token']}")
            clock.shift(3599)
            assert anyone.get(f"{API}/profile").status_code == 200
            clock.shift(2)
            assert anyone.get(f"{API}/profile").status_code == 401

    def test_a_role_counts_from_the_row_not_the_token(
        self, member: User, client_for: Callable[..., JsonClient]
    ) -> None:
        client = client_for(member)
        assert client.get(f"{API}/admin/password-resets").status_code == 403
        User.objects.filter(pk=member.pk).update(role=Role.ADMIN)
        assert client.get(f"{API}/admin/password-resets").status_code == 200

    def test_a_session_that_ran_out(self, member: User, client_for: Callable[..., JsonClient]) -> None:
        client = client_for(member)
        Session.objects.update(expires_at="2020-01-01T00:00:00Z")
        assert client.get(f"{API}/profile").status_code == 401


def test_methods(anyone: JsonClient) -> None:
    answer = anyone.get(f"{API}/auth/methods", HTTP_AUTHORIZATION="Bearer stale")
    assert answer.status_code == 200
    assert answer.json() == {"password": {"enabled": True, "signup": "open"}, "providers": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "auth/oauth/github/authorize"),
        ("get", "auth/oauth/github/callback?code=x&state=y"),
        ("post", "auth/oauth/exchange"),
    ],
)
def test_unknown_providers(anyone: JsonClient, method: str, path: str) -> None:
    answer = getattr(anyone, method)(f"{API}/{path}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "unknown_provider"


def test_other_methods_are_refused(anyone: JsonClient) -> None:
    assert anyone.get(f"{API}/auth/login").status_code == 400
