"""Linking an account elsewhere to one's own, and letting it go."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from social_django.models import UserSocialAuth

from accounts.models import User
from accounts.providers import ProviderConfig
from audit.models import AuditEntry
from tests.api.oauth.conftest import API, code_of, path_of, query_of, sign_in_there
from tests.factories import PASSWORD, JsonClient, make_client

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
ROUTE = f"{API}/profile/identities"
Arrive = Callable[..., str]
Link = Callable[..., Any]


@pytest.fixture(autouse=True)
def _offered(real: ProviderConfig) -> None:
    """Every test here has the real provider."""


@pytest.fixture
def client(member: User) -> JsonClient:
    return make_client(member)


def go(client: JsonClient, login: str, password: str = PASSWORD) -> str:
    """To the provider and back; gives the address that the callback led to."""
    away = client.post(f"{ROUTE}/depart", {"provider": "sso", "current_password": password})
    assert away.status_code == 200, away.content
    return str(client.get(path_of(sign_in_there(away.json()["url"], login)))["Location"])


def link(client: JsonClient, login: str) -> Any:
    return client.post(ROUTE, {"code": code_of(go(client, login))})


class TestLink:
    def test_success(self, client: JsonClient, member: User, arrive: Arrive) -> None:
        answer = link(client, "ines")
        assert answer.status_code == 201
        body = answer.json()
        assert set(body) == {"id", "provider", "display_name", "icon", "email", "name", "created_at"}
        assert (body["provider"], body["display_name"], body["email"]) == ("sso", "Our company", "ines@example.com")
        assert AuditEntry.objects.filter(action="identity.linked", actor_id=member.pk).count() == 1
        # From now on it signs in, whatever the addresses are.
        code = code_of(arrive("ines"))
        grant = JsonClient().post(f"{API}/auth/oauth/exchange", {"code": code})
        assert grant.json()["user"]["id"] == member.pk

    def test_again_is_the_same(self, client: JsonClient) -> None:
        first = link(client, "ines").json()
        assert link(client, "ines").json() == first

    @pytest.mark.parametrize("password", ["", "wrong password"])
    def test_it_takes_the_password(self, client: JsonClient, password: str) -> None:
        answer = client.post(f"{ROUTE}/depart", {"provider": "sso", "current_password": password})
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong_password")

    def test_guesses_count(self, client: JsonClient) -> None:
        for _ in range(10):
            client.post(f"{ROUTE}/depart", {"provider": "sso", "current_password": "guess"})
        answer = client.post(f"{ROUTE}/depart", {"provider": "sso", "current_password": PASSWORD})
        assert answer.status_code == 429

    def test_unknown_provider(self, client: JsonClient) -> None:
        answer = client.post(f"{ROUTE}/depart", {"provider": "other", "current_password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_provider")

    def test_somebody_elses_identity(self, client: JsonClient, other_member: User) -> None:
        link(make_client(other_member), "ines")
        home = go(client, "ines")
        assert path_of(home) == "/settings/linked-accounts?error=identity_taken&provider=sso"

    def test_somebody_was_faster(self, client: JsonClient, other_member: User) -> None:
        code = code_of(go(client, "ines"))
        link(make_client(other_member), "ines")
        answer = client.post(ROUTE, {"code": code})
        assert (answer.status_code, answer.json()["code"]) == (409, "identity_taken")

    def test_an_unverified_address(self, client: JsonClient) -> None:
        assert query_of(go(client, "unverified-ines"))["error"] == "email_not_verified"

    def test_the_code_is_for_who_went(self, client: JsonClient, other_member: User) -> None:
        code = code_of(go(client, "ines"))
        stranger = make_client(other_member)
        assert stranger.post(ROUTE, {"code": code}).json()["code"] == "invalid_code"
        assert JsonClient().post(f"{API}/auth/oauth/exchange", {"code": code}).json()["code"] == "invalid_code"
        assert client.post(ROUTE, {"code": code}).status_code == 201
        assert client.post(ROUTE, {"code": code}).json()["code"] == "invalid_code"

    def test_a_code_to_sign_in_links_nothing(self, client: JsonClient, arrive: Arrive) -> None:
        assert client.post(ROUTE, {"code": code_of(arrive("ines"))}).json()["code"] == "invalid_code"

    def test_too_late(self, client: JsonClient) -> None:
        code = code_of(go(client, "ines"))
        with time_machine.travel(timezone.now() + timedelta(seconds=61)):
            assert client.post(ROUTE, {"code": code}).json()["code"] == "invalid_code"

    def test_an_address_of_an_account_links_when_signed_in(self, client: JsonClient, member: User) -> None:
        User.objects.filter(pk=member.pk).update(email="ines@example.com")
        assert link(client, "ines").status_code == 201


class TestList:
    def test_ones_own(self, client: JsonClient, other_member: User) -> None:
        link(make_client(other_member), "jo")
        link(client, "ines")
        body = client.get(ROUTE).json()
        assert [each["email"] for each in body["identities"]] == ["ines@example.com"]
        assert (body["total"], body["page"], body["limit"]) == (1, 1, 20)
        assert client.get(f"{ROUTE}?search=INES").json()["total"] == 1
        assert client.get(f"{ROUTE}?search=nobody").json()["total"] == 0

    def test_pages(self, client: JsonClient) -> None:
        for login in ("ines", "jo", "kim"):
            link(client, login)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            body = client.get(f"{ROUTE}?limit=2&page=2").json()
        assert len(body["identities"]) == 1
        assert body["total"] == 3
        assert len(queries) <= 4

    def test_a_provider_that_is_offered_no_more(self, client: JsonClient, settings: Any) -> None:
        link(client, "ines")
        settings.OAUTH_PROVIDERS = []
        assert client.get(ROUTE).json()["identities"][0]["display_name"] == "sso"


class TestUnlink:
    def test_success(self, client: JsonClient, member: User) -> None:
        body = link(client, "ines").json()
        assert client.delete(f"{ROUTE}/{body['id']}").status_code == 200
        assert client.delete(f"{ROUTE}/{body['id']}").status_code == 404
        assert not UserSocialAuth.objects.exists()
        assert AuditEntry.objects.filter(action="identity.unlinked", actor_id=member.pk).count() == 1

    def test_somebody_elses(self, client: JsonClient, other_member: User) -> None:
        body = link(make_client(other_member), "ines").json()
        assert client.delete(f"{ROUTE}/{body['id']}").status_code == 404
        assert UserSocialAuth.objects.count() == 1

    def test_never_the_last_way_in(self, arrive: Arrive) -> None:
        code = code_of(arrive("ines"))
        client = JsonClient()
        token = client.post(f"{API}/auth/oauth/exchange", {"code": code}).json()["token"]
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        first = client.get(ROUTE).json()["identities"][0]
        answer = client.delete(f"{ROUTE}/{first['id']}")
        assert (answer.status_code, answer.json()["code"]) == (409, "last_sign_in")
        # Who has no password has proven themselves at the provider; with a second identity the first may go.
        assert link_without_password(client, "jo").status_code == 201
        assert client.delete(f"{ROUTE}/{first['id']}").status_code == 200


def link_without_password(client: JsonClient, login: str) -> Any:
    away = client.post(f"{ROUTE}/depart", {"provider": "sso"})
    home = client.get(path_of(sign_in_there(away.json()["url"], login)))["Location"]
    return client.post(ROUTE, {"code": code_of(str(home))})


def test_nobody_links_without_a_session() -> None:
    anyone = JsonClient()
    assert anyone.get(ROUTE).status_code == 401
    assert anyone.post(ROUTE, {"code": "x"}).status_code == 401
    assert anyone.post(f"{ROUTE}/depart", {"provider": "sso"}).status_code == 401
    assert anyone.delete(f"{ROUTE}/1").status_code == 401
