"""Through a real OpenID provider and back, with all that may not be believed on the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine
from django.utils import timezone
from social_django.models import UserSocialAuth

from accounts.models import Arrival, Session, SignupMode, SignupSetting, User
from accounts.providers import ProviderConfig
from accounts.services import generate_invite_code, principal_of
from audit.models import AuditEntry
from tests.api.oauth.conftest import API, HOME, code_of, path_of, query_of, sign_in_there
from tests.factories import JsonClient, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
Arrive = Callable[..., str]


def exchange(client: JsonClient, code: str, **more: str) -> Any:
    return client.post(f"{API}/auth/oauth/exchange", {"code": code, **more})


@pytest.fixture(autouse=True)
def _offered(real: ProviderConfig) -> None:
    """Every test here has the real provider."""


class TestGoing:
    def test_offered(self, browser: JsonClient) -> None:
        providers = browser.get(f"{API}/auth/methods").json()["providers"]
        assert providers == [{"name": "sso", "display_name": "Our company", "icon": "openid"}]

    def test_away(self, browser: JsonClient, real: ProviderConfig) -> None:
        answer = browser.get(f"{API}/auth/oauth/sso/authorize")
        assert answer.status_code == 302
        assert answer["Location"].startswith(f"{real.url}/auth?")
        query = query_of(answer["Location"])
        assert query["code_challenge_method"] == "S256"
        assert len(query["code_challenge"]) == 43
        assert len(query["state"]) >= 32
        assert len(query["nonce"]) >= 32
        assert query["redirect_uri"] == f"{HOME}{API}/auth/oauth/sso/callback"
        assert query["scope"].split() == ["openid", "profile", "email"]
        cookie = answer.cookies["sailcloth_oauth"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == f"{API}/auth/oauth"
        assert query["state"] not in cookie.value

    @pytest.mark.parametrize(
        "address",
        [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "evil.example",
            "/%0d%0aX: y\n",
            "/" + "x" * 600,
        ],
        ids=["absolute", "no-scheme", "backslash", "script", "relative", "line", "long"],
    )
    def test_a_foreign_redirect(self, browser: JsonClient, address: str) -> None:
        answer = browser.get(f"{API}/auth/oauth/sso/authorize", {"next": address})
        assert answer.status_code == 400
        assert answer.json()["code"] == "foreign_redirect"
        assert set(answer.json()["fields"]) == {"next"}

    def test_too_often(self, browser: JsonClient) -> None:
        for _ in range(100):
            browser.get(f"{API}/auth/oauth/sso/authorize")
        answer = browser.get(f"{API}/auth/oauth/sso/authorize")
        assert path_of(answer["Location"]) == "/sign-in?error=too_many_requests&provider=sso"
        assert len(browser.cookies["sailcloth_oauth"].value) < 4000


class TestComing:
    def test_a_newcomer(self, browser: JsonClient, arrive: Arrive) -> None:
        home = arrive("ines", "?next=/clusters%3Fq%3Da")
        assert urlsplit(home).path == "/oauth/callback"
        assert query_of(home) == {"next": "/clusters?q=a"}
        answer = exchange(browser, code_of(home))
        assert answer.status_code == 200
        user = User.objects.get(email="ines@example.com")
        body = answer.json()
        assert body["user"] == {"id": user.pk, "name": "Ines of the provider", "email": user.email, "role": "user"}
        assert body["expires_in"] == 3600
        assert body["refresh_token"] is None
        assert answer.cookies["sailcloth_refresh"].value
        assert answer["Cache-Control"] == "no-store"
        assert user.is_email_verified
        assert not user.has_usable_password()
        actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
        assert set(actions) == {"user.registered", "identity.linked", "session.started"}
        browser.credentials(HTTP_AUTHORIZATION=f"Bearer {body['token']}")
        assert browser.get(f"{API}/profile").json()["has_password"] is False

    def test_the_same_person_again(self, browser: JsonClient, arrive: Arrive) -> None:
        first = exchange(browser, code_of(arrive("ines"))).json()["user"]
        again = exchange(browser, code_of(arrive("ines"))).json()["user"]
        assert first == again
        assert User.objects.count() == 1

    def test_a_caller_that_is_no_browser(self, arrive: Arrive) -> None:
        plain = JsonClient()
        answer = exchange(JsonClient(), code_of(arrive("ines", client=plain)))
        assert answer.status_code == 200
        assert answer.json()["refresh_token"]
        assert "sailcloth_refresh" not in answer.cookies

    def test_whoever_changed_their_address_here_stays_who_they_are(self, browser: JsonClient, arrive: Arrive) -> None:
        user = exchange(browser, code_of(arrive("ines"))).json()["user"]
        User.objects.filter(pk=user["id"]).update(email="other@example.com")
        assert exchange(browser, code_of(arrive("ines"))).json()["user"]["id"] == user["id"]

    def test_they_did_not_want_to(self, browser: JsonClient) -> None:
        state = query_of(browser.get(f"{API}/auth/oauth/sso/authorize?next=/clusters")["Location"])["state"]
        answer = browser.get(f"{API}/auth/oauth/sso/callback", {"error": "access_denied", "state": state})
        expected = "/sign-in?error=sign_in_cancelled&provider=sso&next=%2Fclusters"
        assert path_of(answer["Location"]) == expected


class TestNotBelieved:
    """Each ends at the sign-in page with a code that says what went wrong, and nobody is signed in."""

    def refused(self, address: str, code: str) -> None:
        assert urlsplit(address).path == "/sign-in"
        assert query_of(address)["error"] == code
        assert not Session.objects.exists()
        assert not Arrival.objects.exists()

    def test_a_forged_state(self, browser: JsonClient) -> None:
        away = browser.get(f"{API}/auth/oauth/sso/authorize")
        back = sign_in_there(away["Location"], "ines")
        forged = path_of(back).replace(query_of(back)["state"], "x" * 32)
        self.refused(browser.get(forged)["Location"], "sign_in_expired")

    def test_no_state(self, browser: JsonClient) -> None:
        browser.get(f"{API}/auth/oauth/sso/authorize")
        self.refused(browser.get(f"{API}/auth/oauth/sso/callback?code=x")["Location"], "sign_in_expired")

    def test_another_browser(self, browser: JsonClient) -> None:
        """Somebody is lured with a link into the session of who made it."""
        back = sign_in_there(browser.get(f"{API}/auth/oauth/sso/authorize")["Location"], "mallory")
        victim = JsonClient()
        victim.get(f"{API}/auth/oauth/sso/authorize")
        self.refused(victim.get(path_of(back))["Location"], "sign_in_expired")

    def test_a_cookie_of_ones_own(self, browser: JsonClient) -> None:
        back = sign_in_there(browser.get(f"{API}/auth/oauth/sso/authorize")["Location"], "ines")
        sealed = browser.cookies["sailcloth_oauth"].value
        for value in ("", "x", "e30=", sealed[:-8] + "AAAAAAA=", "ü"):
            browser.cookies["sailcloth_oauth"] = value
            self.refused(browser.get(path_of(back))["Location"], "sign_in_expired")

    def test_a_replayed_callback(self, browser: JsonClient) -> None:
        away = browser.get(f"{API}/auth/oauth/sso/authorize")
        kept = browser.cookies["sailcloth_oauth"].value
        back = path_of(sign_in_there(away["Location"], "ines"))
        assert urlsplit(browser.get(back)["Location"]).path == "/oauth/callback"
        Arrival.objects.all().delete()
        self.refused(browser.get(back)["Location"], "sign_in_expired")
        browser.cookies["sailcloth_oauth"] = kept  # Also with the cookie of before.
        self.refused(browser.get(back)["Location"], "sign_in_expired")

    def test_too_late(self, browser: JsonClient) -> None:
        back = path_of(sign_in_there(browser.get(f"{API}/auth/oauth/sso/authorize")["Location"], "ines"))
        with time_machine.travel(timezone.now() + timedelta(minutes=11)):
            self.refused(browser.get(back)["Location"], "sign_in_expired")

    def test_a_code_that_the_provider_did_not_give(self, browser: JsonClient) -> None:
        state = query_of(browser.get(f"{API}/auth/oauth/sso/authorize")["Location"])["state"]
        answer = browser.get(f"{API}/auth/oauth/sso/callback", {"code": "invented", "state": state})
        self.refused(answer["Location"], "sign_in_expired")

    def test_a_code_of_another_journey(self, browser: JsonClient) -> None:
        """Whoever got hold of a code of the provider has not the verifier that its challenge was made of."""
        stolen = query_of(sign_in_there(browser.get(f"{API}/auth/oauth/sso/authorize")["Location"], "ines"))["code"]
        thief = JsonClient(HTTP_X_SAILCLOTH_BROWSER="1")
        state = query_of(thief.get(f"{API}/auth/oauth/sso/authorize")["Location"])["state"]
        answer = thief.get(f"{API}/auth/oauth/sso/callback", {"code": stolen, "state": state})
        self.refused(answer["Location"], "sign_in_expired")

    def test_a_journey_without_a_challenge(self, browser: JsonClient, real: ProviderConfig) -> None:
        """The provider of this test insists on PKCE, so that leaving it out would be seen."""
        away = urlsplit(browser.get(f"{API}/auth/oauth/sso/authorize")["Location"])
        without = [(name, value) for name, value in parse_qsl(away.query) if not name.startswith("code_challenge")]
        back = sign_in_there(away._replace(query=urlencode(without)).geturl(), "ines")
        self.refused(browser.get(path_of(back))["Location"], "provider_misconfigured")

    def test_an_unverified_address(self, arrive: Arrive) -> None:
        self.refused(arrive("unverified-ines"), "email_not_verified")

    def test_an_account_with_the_address(self, arrive: Arrive) -> None:
        make_user("ines@example.com")
        self.refused(arrive("ines"), "account_exists")
        assert not UserSocialAuth.objects.exists()

    def test_another_domain(self, arrive: Arrive, settings: Any) -> None:
        settings.OAUTH_DOMAINS = ["sailcloth.example"]
        self.refused(arrive("ines"), "domain_not_allowed")

    def test_an_allowed_domain(self, arrive: Arrive, settings: Any) -> None:
        settings.OAUTH_DOMAINS = ["sailcloth.example", "example.com"]
        assert code_of(arrive("ines"))

    def test_a_closed_account(self, browser: JsonClient, arrive: Arrive) -> None:
        exchange(browser, code_of(arrive("ines")))
        later = code_of(arrive("ines"))
        User.objects.update(is_active=False)
        Session.objects.all().delete()
        answer = exchange(browser, later)
        assert (answer.status_code, answer.json()["code"]) == (403, "account_closed")
        Arrival.objects.all().delete()
        self.refused(arrive("ines"), "account_closed")

    def test_a_stale_bearer_token_does_not_matter(self, browser: JsonClient, arrive: Arrive) -> None:
        browser.credentials(HTTP_AUTHORIZATION="Bearer stale")
        assert exchange(browser, code_of(arrive("ines"))).status_code == 200


class TestOneTimeCode:
    @pytest.fixture
    def code(self, arrive: Arrive) -> str:
        return code_of(arrive("ines"))

    def refused(self, answer: Any) -> None:
        assert answer.status_code == 400
        assert answer.json()["code"] == "invalid_code"
        assert not Session.objects.exists()

    def test_replayed(self, browser: JsonClient, code: str) -> None:
        assert exchange(browser, code).status_code == 200
        Session.objects.all().delete()
        self.refused(exchange(browser, code))

    def test_too_late(self, browser: JsonClient, code: str) -> None:
        with time_machine.travel(timezone.now() + timedelta(seconds=61)):
            self.refused(exchange(browser, code))

    def test_in_another_browser(self, code: str) -> None:
        victim = JsonClient(HTTP_X_SAILCLOTH_BROWSER="1")
        self.refused(exchange(victim, code))
        victim.get(f"{API}/auth/oauth/sso/authorize")
        self.refused(exchange(victim, code))

    @pytest.mark.parametrize("text", ["x", "ü" * 50, "x" * 200])
    def test_invented(self, browser: JsonClient, text: str) -> None:
        self.refused(exchange(browser, text))

    @pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": "x" * 300}, {"code": ["x"]}, []])
    def test_bad_input(self, browser: JsonClient, body: Any) -> None:
        assert browser.post(f"{API}/auth/oauth/exchange", body).status_code == 400


class TestSignUpModes:
    def test_closed(self, browser: JsonClient, arrive: Arrive) -> None:
        exchange(browser, code_of(arrive("ines")))
        code = code_of(arrive("jo"))
        SignupSetting.objects.create(mode=SignupMode.CLOSED)
        assert query_of(arrive("kim"))["error"] == "signup_closed"
        assert exchange(browser, code).json()["code"] == "signup_closed"
        assert exchange(browser, code_of(arrive("ines"))).status_code == 200
        assert User.objects.count() == 1

    def test_invited(self, browser: JsonClient, arrive: Arrive, admin: User) -> None:
        invite = generate_invite_code(actor=principal_of(admin))
        code = code_of(arrive("ines"))
        for given in ({}, {"invite_code": "WRONG"}):
            answer = exchange(browser, code, **given)
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_invite_code")
        with time_machine.travel(timezone.now() + timedelta(minutes=9)):
            assert exchange(browser, code, invite_code=invite).status_code == 200
        assert exchange(browser, code_of(arrive("ines"))).status_code == 200  # Who is in needs none.


def test_two_tabs(browser: JsonClient) -> None:
    """Each journey has a state of its own."""
    first = browser.get(f"{API}/auth/oauth/sso/authorize?next=/clusters")["Location"]
    second = browser.get(f"{API}/auth/oauth/sso/authorize?next=/templates")["Location"]
    for away, place in ((second, "/templates"), (first, "/clusters")):
        home = browser.get(path_of(sign_in_there(away, "ines")))["Location"]
        assert dict(parse_qsl(urlsplit(home).query)) == {"next": place}
        assert code_of(home)
