"""Personal access tokens: made, shown once, used, revoked, and of no use to anybody else."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.authentication import authenticate_token, is_live
from accounts.models import PersonalToken, Role, User
from accounts.services import create_token, principal_of, prune_tokens
from accounts.services.personal_tokens import MAX_TOKENS
from audit.models import AuditEntry
from core.errors import TooManyRequests, Unauthenticated
from core.principal import PrincipalKind
from core.scopes import Scope, SignInNeeded
from realtime.credentials import authenticate
from realtime.tickets import create_ticket, use_ticket
from realtime.views import error_response
from tests.factories import PASSWORD, JsonClient, make_client, make_user

pytestmark = pytest.mark.django_db

URL = "/v1/api/tokens"


def make_token(user: User, *scopes: str, days: int = 30) -> str:
    return create_token(name="ci", scopes=scopes, expires_in_days=days, actor=principal_of(user)).text


def with_token(token: str) -> JsonClient:
    client = JsonClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.fixture
def client(member: User) -> JsonClient:
    return make_client(member)


class TestMaking:
    def test_it_is_shown_once(self, client: JsonClient, member: User) -> None:
        answer = client.post(URL, {"name": "deploy from CI", "scopes": ["deploy"], "expires_in_days": 7})
        body = answer.json()
        assert answer.status_code == 201
        assert answer["Cache-Control"] == "no-store"
        assert body["token"].startswith("slc_") and len(body["token"]) > 40
        assert body["token"].startswith(body["hint"]) and len(body["hint"]) == 10
        # Whatever it may do, it may also look.
        assert body["scopes"] == ["read", "deploy"]
        assert body["last_used_at"] is None and not body["is_expired"]
        listed = client.get(URL).json()
        assert listed["total"] == 1
        assert "token" not in listed["tokens"][0]
        assert body["token"] not in str(PersonalToken.objects.values().get())

    def test_it_holds_for_90_days_and_looks_only_unless_said_otherwise(self, client: JsonClient) -> None:
        body = client.post(URL, {"name": "x"}).json()
        assert body["scopes"] == ["read"]
        row = PersonalToken.objects.get()
        assert 89 <= (row.expires_at - timezone.now()).days <= 90

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "name"),
            ({"name": " "}, "name"),
            ({"name": "x" * 101}, "name"),
            ({"name": "x", "scopes": ["admin"]}, "scopes.0"),
            ({"name": "x", "scopes": ["*"]}, "scopes.0"),
            ({"name": "x", "scopes": "read"}, "scopes"),
            ({"name": "x", "expires_in_days": 0}, "expires_in_days"),
            ({"name": "x", "expires_in_days": 367}, "expires_in_days"),
            ({"name": "x", "expires_in_days": None}, "expires_in_days"),
        ],
        ids=["no-name", "blank", "long", "admin", "star", "not-a-list", "no-days", "too-long", "for-ever"],
    )
    def test_validation(self, client: JsonClient, body: dict[str, Any], field: str) -> None:
        answer = client.post(URL, body)
        assert answer.status_code == 400
        assert field in answer.json()["fields"]
        assert not PersonalToken.objects.exists()

    def test_there_is_a_most(self, client: JsonClient, member: User) -> None:
        for _ in range(MAX_TOKENS):
            make_token(member)
        answer = client.post(URL, {"name": "one more"})
        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_tokens")
        first = PersonalToken.objects.first()
        assert first is not None
        assert client.delete(f"{URL}/{first.pk}").status_code == 200
        assert client.post(URL, {"name": "one more"}).status_code == 201

    def test_it_is_recorded_without_its_value(self, client: JsonClient, member: User) -> None:
        body = client.post(URL, {"name": "ci", "scopes": ["write"]}).json()
        client.delete(f"{URL}/{body['id']}")
        made, revoked = AuditEntry.objects.filter(object_type="token").order_by("at", "pk")
        assert (made.action, made.object_id, made.detail["scopes"]) == ("token.created", body["id"], ["read", "write"])
        assert (revoked.action, revoked.actor_id) == ("token.revoked", member.pk)
        assert body["token"] not in str(list(AuditEntry.objects.values()))


class TestReading:
    def test_paging_sorting_and_searching(self, client: JsonClient, member: User) -> None:
        for name in ("alpha", "beta", "gamma"):
            create_token(name=name, scopes=(), expires_in_days=9, actor=principal_of(member))
        body = client.get(f"{URL}?limit=2&sort=name&order=asc").json()
        assert [row["name"] for row in body["tokens"]] == ["alpha", "beta"]
        assert (body["total"], body["page"], body["limit"]) == (3, 1, 2)
        assert client.get(f"{URL}?search=gam").json()["total"] == 1
        assert client.get(f"{URL}?page=9").json()["tokens"] == []
        assert client.get(f"{URL}?sort=digest").status_code == 400

    def test_it_costs_the_same_for_many(self, client: JsonClient, member: User, django_assert_num_queries: Any) -> None:
        for _ in range(5):
            make_token(member)
        with django_assert_num_queries(3):
            client.get(URL)


class TestUsing:
    def test_it_acts_as_its_person(self, member: User) -> None:
        token = make_token(member, "write")
        client = with_token(token)
        assert client.get("/v1/api/profile").json()["email"] == member.email
        made = client.post("/v1/api/workflows", {"name": "From CI"})
        assert made.status_code == 201
        assert make_client(member).get(f"/v1/api/workflows/{made.json()['id']}").status_code == 200
        entry = AuditEntry.objects.get(action="workflow.created")
        assert (entry.actor_kind, entry.actor_id) == ("token", member.pk)
        assert token[:10] in entry.actor_name and token not in entry.actor_name
        # Of one's own tokens one sees the address too.
        events = make_client(member).get("/v1/api/audit?action=workflow.created").json()["events"]
        assert events[0]["ip"] == "127.0.0.1"

    def test_its_use_is_noted_once_a_minute(self, member: User, django_assert_num_queries: Any) -> None:
        client = with_token(make_token(member))
        with django_assert_num_queries(3):
            client.get("/v1/api/profile")
        row = PersonalToken.objects.get()
        assert row.last_used_at is not None and row.last_used_ip == "127.0.0.1"
        with django_assert_num_queries(2):
            client.get("/v1/api/profile")
        with time_machine.travel(timezone.now() + timedelta(minutes=2)):
            client.get("/v1/api/profile")
        assert PersonalToken.objects.get().last_used_at != row.last_used_at

    @pytest.mark.parametrize("wrong", ["slc_", "slc_nonsense", "slc_" + "é" * 5, "SLC_x"])
    def test_a_wrong_one(self, member: User, wrong: str) -> None:
        with pytest.raises(Unauthenticated):
            authenticate_token(wrong)

    def test_an_expired_one(self, member: User) -> None:
        token = make_token(member, days=1)
        with time_machine.travel(timezone.now() + timedelta(days=2)):
            answer = with_token(token).get("/v1/api/profile")
            assert answer.status_code == 401
            assert answer["WWW-Authenticate"] == "Bearer"
            assert make_client(member).get(URL).json()["tokens"][0]["is_expired"]

    def test_a_revoked_one(self, client: JsonClient, member: User) -> None:
        token = make_token(member)
        actor = authenticate_token(token)
        ticket = create_ticket(path="/import/1/stream", actor=actor)
        assert is_live(actor)
        assert client.delete(f"{URL}/{PersonalToken.objects.get().pk}").status_code == 200
        assert not is_live(actor)
        assert with_token(token).get("/v1/api/profile").status_code == 401
        with pytest.raises(Unauthenticated):
            use_ticket(ticket, "/v1/api/import/1/stream")
        assert client.get(URL).json()["tokens"] == []
        assert client.delete(f"{URL}/{PersonalToken.objects.get().pk}").status_code == 404

    def test_one_of_somebody_who_was_shut_out(self, member: User) -> None:
        token = make_token(member)
        User.objects.filter(pk=member.pk).update(is_active=False)
        assert with_token(token).get("/v1/api/profile").status_code == 401

    def test_a_reset_of_the_password_ends_all(self, member: User) -> None:
        from accounts.models import OneTimeCode
        from accounts.services import request_password_reset, reset_password
        from accounts.services.codes import text_of

        token = make_token(member)
        request_password_reset(email=member.email)
        reset_password(code=text_of(OneTimeCode.objects.get()), password=PASSWORD + "!")
        assert with_token(token).get("/v1/api/profile").status_code == 401

    def test_a_ticket_has_no_more_than_its_token(self, member: User) -> None:
        actor = authenticate_token(make_token(member, "deploy"))
        used = use_ticket(create_ticket(path="/import/1/stream", actor=actor), "/v1/api/import/1/stream")
        assert used == actor
        assert (used.kind, used.scopes) == (PrincipalKind.TOKEN, frozenset({"read", "deploy"}))


class TestWhoMay:
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_nobody_without_signing_in(self, db: None, method: str) -> None:
        assert getattr(JsonClient(), method)(URL).status_code == 401

    def test_another_tenant_sees_and_ends_none(self, member: User, other_member: User) -> None:
        make_token(member)
        stranger = make_client(other_member)
        assert stranger.get(URL).json()["total"] == 0
        assert stranger.delete(f"{URL}/{PersonalToken.objects.get().pk}").status_code == 404
        assert PersonalToken.objects.get().revoked_at is None

    def test_a_token_sees_only_what_its_person_sees(self, member: User, other_member: User) -> None:
        made = make_client(member).post("/v1/api/workflows", {"name": "Mine"}).json()
        stranger = with_token(make_token(other_member, "write", "deploy"))
        assert stranger.get(f"/v1/api/workflows/{made['id']}").status_code == 404
        assert stranger.get("/v1/api/workflows").json()["total"] == 0
        assert stranger.put(f"/v1/api/workflows/{made['id']}", {"name": "Theirs"}).status_code == 404

    def test_no_token_makes_another(self, member: User) -> None:
        token = make_token(member, "write", "deploy")
        assert with_token(token).post(URL, {"name": "x"}).json()["code"] == "sign_in_needed"
        with pytest.raises(SignInNeeded):
            create_token(name="x", scopes=(), expires_in_days=1, actor=authenticate_token(token))

    def test_an_administrators_token_is_none(self, db: None) -> None:
        admin = make_user("root@example.com", role=Role.ADMIN)
        client = with_token(make_token(admin, "write", "deploy"))
        assert client.get("/v1/api/settings/invite-code").status_code == 403
        assert not authenticate_token(make_token(admin, "write")).is_admin


class TestPace:
    @pytest.fixture
    def _slow(self, settings: Any) -> Iterator[None]:
        settings.TOKEN_REQUESTS_PER_MINUTE = 3
        settings.REQUESTS_PER_MINUTE = 5
        with time_machine.travel("2026-03-24T10:00:20Z", tick=False):
            yield

    def test_a_token_and_its_person_are_counted_apart(self, _slow: None, member: User) -> None:
        token, person = with_token(make_token(member)), make_client(member)
        codes = [token.get("/v1/api/profile").status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]
        answer = token.get("/v1/api/profile")
        assert answer.json()["code"] == "too_many_requests"
        assert answer["Retry-After"] == "40"
        assert with_token(make_token(member)).get("/v1/api/profile").status_code == 200
        assert [person.get("/v1/api/profile").status_code for _ in range(6)] == [200] * 5 + [429]

    def test_the_next_minute_is_another(self, _slow: None, member: User) -> None:
        token = with_token(make_token(member))
        assert [token.get("/v1/api/profile").status_code for _ in range(4)][-1] == 429
        with time_machine.travel("2026-03-24T10:01:01Z", tick=False):
            assert token.get("/v1/api/profile").status_code == 200

    def test_an_address_without_a_sign_in(self, settings: Any, member: User) -> None:
        settings.PUBLIC_REQUESTS_PER_MINUTE = 2
        with time_machine.travel("2026-03-24T10:00:20Z", tick=False):
            codes = [JsonClient().get("/v1/api/auth/methods").status_code for _ in range(3)]
            refused = JsonClient().post("/v1/api/auth/refresh", {"refresh_token": "x"})
            assert codes == [200, 200, 429]
            assert (refused.status_code, refused["Retry-After"]) == (429, "40")
            assert JsonClient(REMOTE_ADDR="192.0.2.9").get("/v1/api/auth/methods").status_code == 200
            assert make_client(member).get("/v1/api/profile").status_code == 200

    def test_a_stream_is_counted_like_the_rest(self, settings: Any, member: User) -> None:
        settings.TOKEN_REQUESTS_PER_MINUTE = 1
        token = make_token(member)
        authenticate_token(token)
        with pytest.raises(TooManyRequests) as raised:
            authenticate(authorization=f"Bearer {token}", ticket="", path="/x", token_scopes=Scope.READ)
        assert error_response(raised.value)["Retry-After"] == str(raised.value.retry_after)

    def test_zero_does_not_count(self, settings: Any, member: User) -> None:
        settings.TOKEN_REQUESTS_PER_MINUTE = 0
        token = with_token(make_token(member))
        assert {token.get("/v1/api/profile").status_code for _ in range(20)} == {200}


def test_old_ones_are_forgotten(member: User) -> None:
    make_token(member, days=1)
    make_token(member, days=60)
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        assert prune_tokens(older_than=timedelta(days=30)) == 1
    assert PersonalToken.objects.count() == 1
