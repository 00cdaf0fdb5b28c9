"""Refresh, replay, logout and the list of sessions."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connections

from accounts.models import Session, User
from audit.models import AuditEntry
from tests.factories import PASSWORD, JsonClient, make_client, make_user

pytestmark = pytest.mark.django_db

API = "/v1/api"
REFRESH = f"{API}/auth/refresh"
BROWSER = {"HTTP_X_SAILCLOTH_BROWSER": "1"}


@pytest.fixture
def anyone() -> JsonClient:
    return JsonClient()


def log_in(user: User, **headers: str) -> dict[str, Any]:
    answer = JsonClient().post(f"{API}/auth/login", {"email": user.email, "password": PASSWORD}, **headers)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def by_token(refresh_token: str) -> Any:
    return JsonClient().post(REFRESH, {"refresh_token": refresh_token})


def by_bearer(token: str) -> Any:
    """No body and no Content-Type at all."""
    return JsonClient().generic("POST", REFRESH, b"", content_type="", HTTP_AUTHORIZATION=f"Bearer {token}")


def opens(token: str) -> bool:
    return bool(JsonClient().get(f"{API}/profile", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 200)


@pytest.fixture(params=["refresh_token", "bearer"])
def way(request: pytest.FixtureRequest) -> tuple[str, Callable[[str], Any]]:
    """Both credentials follow the same rules."""
    return ("refresh_token", by_token) if request.param == "refresh_token" else ("token", by_bearer)


class TestRefresh:
    def test_success(self, member: User, way: tuple[str, Callable[[str], Any]]) -> None:
        name, refresh = way
        first = log_in(member)
        answer = refresh(first[name])
        assert answer.status_code == 200
        body = answer.json()
        assert set(body) == {"token", "user", "refresh_token", "expires_in"}
        assert body["user"] == first["user"]
        assert body["token"] != first["token"]
        assert body["refresh_token"] != first["refresh_token"]
        assert opens(body["token"])
        assert refresh(body[name]).status_code == 200
        assert Session.objects.count() == 1

    def test_the_same_again_gets_the_same(self, member: User, way: tuple[str, Callable[[str], Any]]) -> None:
        name, refresh = way
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            first = log_in(member)
            clock.shift(1800)
            second = refresh(first[name]).json()
            clock.shift(59)
            again = refresh(first[name])
            assert again.status_code == 200
            assert again.json() == second
            assert refresh(second[name]).status_code == 200

    def test_after_a_minute_the_session_ends(self, member: User, way: tuple[str, Callable[[str], Any]]) -> None:
        name, refresh = way
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            first = log_in(member)
            second = refresh(first[name]).json()
            clock.shift(61)
            answer = refresh(first[name])
            assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")
            assert refresh(second[name]).status_code == 401
            assert not opens(second["token"])

    def test_one_older_than_the_previous_ends_it_at_once(
        self, member: User, way: tuple[str, Callable[[str], Any]]
    ) -> None:
        name, refresh = way
        first = log_in(member)
        second = refresh(first[name]).json()
        third = refresh(second[name]).json()
        assert refresh(first[name]).status_code == 401
        assert refresh(third[name]).status_code == 401
        assert not opens(third["token"])
        entry = AuditEntry.objects.get(action="session.replayed")
        assert entry.object_id == Session.objects.get().pk

    def test_another_session_lives_on(self, member: User) -> None:
        stolen, other = log_in(member), log_in(member)
        by_token(by_token(stolen["refresh_token"]).json()["refresh_token"])
        assert by_token(stolen["refresh_token"]).status_code == 401
        assert opens(other["token"])

    @pytest.mark.parametrize(
        ("seconds", "status"), [(3600 + 60, 200), (3600 + 7 * 86400 - 60, 200), (3600 + 7 * 86400 + 60, 401)]
    )
    def test_an_expired_bearer(self, member: User, seconds: int, status: int) -> None:
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            first = log_in(member)
            clock.shift(seconds)
            assert not opens(first["token"])
            assert by_bearer(first["token"]).status_code == status

    def test_a_refresh_token_lasts_a_month_from_its_last_use(self, member: User) -> None:
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            body = log_in(member)
            for _ in range(3):
                clock.shift(29 * 86400)
                body = by_token(body["refresh_token"]).json()
            clock.shift(30 * 86400 + 1)
            assert by_token(body["refresh_token"]).status_code == 401

    @pytest.mark.parametrize("body", [{}, {"refresh_token": ""}, {"refresh_token": None}, {"refresh_token": "junk"}])
    def test_nothing_to_go_by(self, anyone: JsonClient, body: dict[str, Any]) -> None:
        answer = anyone.post(REFRESH, body)
        assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")

    @pytest.mark.parametrize("body", [[], {"refresh_token": {}}, {"refresh_token": "x" * 1001}])
    def test_validation(self, anyone: JsonClient, body: Any) -> None:
        assert anyone.post(REFRESH, body).status_code == 400

    def test_junk_does_not_end_a_session(self, member: User) -> None:
        body = log_in(member)
        session_id, _, _ = body["refresh_token"].partition(".")
        assert by_token(f"{session_id}.guess.guess").status_code == 401
        assert opens(body["token"])

    def test_a_closed_account(self, member: User, way: tuple[str, Callable[[str], Any]]) -> None:
        name, refresh = way
        body = log_in(member)
        User.objects.update(is_active=False)
        assert refresh(body[name]).status_code == 401

    def test_queries(self, member: User, django_assert_num_queries: Any) -> None:
        body = log_in(member)
        with django_assert_num_queries(4):  # Savepoint, the locked session, its update, end of the savepoint.
            by_token(body["refresh_token"])


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_get_one_answer() -> None:
    """Really at once: eight threads with connections of their own."""
    body = log_in(make_user("tabs@example.com"))
    start = threading.Barrier(8)

    def tab(_: int) -> tuple[int, str]:
        start.wait()
        try:
            answer = by_token(body["refresh_token"])
            return answer.status_code, answer.content.decode()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(tab, range(8)))
    assert len(answers) == 1
    assert answers.pop()[0] == 200
    assert Session.objects.get().revoked_at is None


class TestCookie:
    def test_a_browser_keeps_the_refresh_token_where_no_script_reads_it(self, member: User) -> None:
        client = JsonClient()
        answer = client.post(f"{API}/auth/login", {"email": member.email, "password": PASSWORD}, **BROWSER)
        assert answer.json()["refresh_token"] is None
        cookie = answer.cookies["sailcloth_refresh"]
        assert cookie["path"] == "/v1/api/auth"
        assert cookie["samesite"] == "Strict"
        assert cookie["httponly"] is True
        assert cookie["max-age"] == 30 * 86400
        assert not cookie["secure"]

        answer = client.generic("POST", REFRESH, b"", content_type="", **BROWSER)
        assert answer.status_code == 200
        assert answer.cookies["sailcloth_refresh"].value != cookie.value
        assert opens(answer.json()["token"])

    def test_without_the_header_the_cookie_counts_for_nothing(self, member: User) -> None:
        client = JsonClient()
        client.post(f"{API}/auth/login", {"email": member.email, "password": PASSWORD}, **BROWSER)
        assert client.post(REFRESH).status_code == 401
        assert client.post(REFRESH, HTTP_X_SAILCLOTH_BROWSER="0").status_code == 401

    def test_the_cookie_opens_nothing_else(self, member: User) -> None:
        client = JsonClient()
        client.post(f"{API}/auth/login", {"email": member.email, "password": PASSWORD}, **BROWSER)
        assert client.get(f"{API}/auth/sessions", **BROWSER).status_code == 401

    def test_secure_under_https(self, settings: Any) -> None:
        settings.PUBLIC_URL = "https://sailcloth.example.com"
        body = {"email": "new@example.com", "password": "password123", "name": "New"}
        answer = JsonClient().post(f"{API}/auth/register", body, **BROWSER)
        assert answer.cookies["sailcloth_refresh"]["secure"] is True

    def test_logout_takes_the_cookie_away(self, member: User) -> None:
        client = JsonClient()
        body = client.post(f"{API}/auth/login", {"email": member.email, "password": PASSWORD}, **BROWSER).json()
        answer = client.post(f"{API}/auth/logout", HTTP_AUTHORIZATION=f"Bearer {body['token']}", **BROWSER)
        cookie = answer.cookies["sailcloth_refresh"]
        assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", 0, "/v1/api/auth")
        assert client.post(REFRESH, **BROWSER).status_code == 401


class TestLogout:
    def test_it_ends_both_tokens(self, member: User) -> None:
        body, other = log_in(member), log_in(member)
        answer = JsonClient().post(f"{API}/auth/logout", HTTP_AUTHORIZATION=f"Bearer {body['token']}")
        assert answer.status_code == 204
        assert answer.content == b""
        assert not opens(body["token"])
        assert by_token(body["refresh_token"]).status_code == 401
        assert by_bearer(body["token"]).status_code == 401
        assert opens(other["token"])
        assert AuditEntry.objects.filter(action="session.ended", actor_id=member.pk).count() == 1

    def test_nobody(self, anyone: JsonClient) -> None:
        assert anyone.post(f"{API}/auth/logout").status_code == 401


class TestSessions:
    URL = f"{API}/auth/sessions"

    def test_list(self, member: User, other_member: User, django_assert_num_queries: Any) -> None:
        make_client(other_member)
        log_in(member, HTTP_USER_AGENT="Firefox on Linux")
        client = make_client(member)
        with django_assert_num_queries(3):  # Who asks, the count, the page.
            answer = client.get(self.URL)
        body = answer.json()
        assert {name: body[name] for name in ("total", "page", "limit")} == {
            "total": 2,
            "page": 1,
            "limit": 20,
        }
        assert [row["is_current"] for row in body["sessions"]] == [True, False]
        assert set(body["sessions"][0]) == {
            "id", "created_at", "last_used_at", "expires_at", "user_agent", "ip", "is_current",
        }  # fmt: skip
        assert body["sessions"][1]["user_agent"] == "Firefox on Linux"
        assert body["sessions"][1]["ip"] == "127.0.0.1"
        assert body["sessions"][0]["created_at"].endswith("Z")
        assert len(body["sessions"][0]["created_at"]) == 20

    def test_paging_search_and_sort(self, member: User) -> None:
        client = make_client(member)
        for n in range(4):
            log_in(member, HTTP_USER_AGENT=f"agent-{n}")
        first = client.get(f"{self.URL}?limit=2&sort=last_used_at&order=asc").json()
        assert [row["user_agent"] for row in first["sessions"]] == ["", "agent-0"]
        assert client.get(f"{self.URL}?page=9").json() == {"sessions": [], "total": 5, "page": 9, "limit": 20}
        assert client.get(f"{self.URL}?limit=1000").json()["limit"] == 100
        found = client.get(f"{self.URL}?search=AGENT-2").json()["sessions"]
        assert [row["user_agent"] for row in found] == ["agent-2"]
        for bad in ("page=0", "order=up", "sort=token_id", "limit=x"):
            assert client.get(f"{self.URL}?{bad}").status_code == 400

    def test_those_that_ended_are_not_listed(self, member: User) -> None:
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            log_in(member)
            clock.shift(31 * 86400)
            assert make_client(member).get(self.URL).json()["total"] == 1

    def test_end_one(self, member: User) -> None:
        elsewhere, client = log_in(member), make_client(member)
        rows = client.get(self.URL).json()["sessions"]
        ident = next(row["id"] for row in rows if not row["is_current"])
        answer = client.delete(f"{self.URL}/{ident}")
        assert (answer.status_code, answer.json()) == (200, {"message": "The session has ended."})
        assert not opens(elsewhere["token"])
        assert client.delete(f"{self.URL}/{ident}").status_code == 404

    def test_not_those_of_others(self, member: User, other_member: User, admin: User) -> None:
        body = log_in(member)
        ident = Session.objects.get().pk
        for user in (other_member, admin):
            assert make_client(user).delete(f"{self.URL}/{ident}").status_code == 404
        assert opens(body["token"])

    @pytest.mark.parametrize("ident", ["x", "%00", "a b", "0" * 500])
    def test_malformed_ids(self, member: User, ident: str) -> None:
        assert make_client(member).delete(f"{self.URL}/{ident}").status_code == 404

    def test_nobody(self, anyone: JsonClient) -> None:
        assert anyone.get(self.URL).status_code == 401
        assert anyone.delete(f"{self.URL}/x").status_code == 401
