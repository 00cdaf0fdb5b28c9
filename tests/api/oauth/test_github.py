"""GitHub is no OpenID provider: its account and its addresses come from an interface of its own."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from tests.api.oauth.conftest import API, HOME, code_of, config_of, query_of
from tests.api.oauth.scripted import ACCESS_TOKEN, ScriptedProvider
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db
GOOD = {"email": "ines@example.com", "primary": True, "verified": True}
OTHER = {"email": "other@example.com", "primary": False, "verified": True}


@pytest.fixture
def github(scripted: ScriptedProvider, settings: Any) -> ScriptedProvider:
    settings.OAUTH_PROVIDERS = [config_of(scripted.url, kind="github", name="github", display_name="GitHub")]
    scripted.answers |= {
        "/login/oauth/access_token": (200, {"access_token": ACCESS_TOKEN, "token_type": "bearer"}),
        "/api/v3/user": (200, {"id": 7, "login": "ines", "name": None, "email": "typed@example.com"}),
        "/api/v3/user/emails": (200, [OTHER, GOOD]),
    }
    return scripted


@pytest.fixture
def come(github: ScriptedProvider, browser: JsonClient) -> Callable[[], str]:
    def go() -> str:
        away = query_of(browser.get(f"{API}/auth/oauth/github/authorize")["Location"])
        assert away["code_challenge_method"] == "S256"
        assert away["scope"] == "read:user,user:email"
        assert away["redirect_uri"] == f"{HOME}{API}/auth/oauth/github/callback"
        answer = browser.get(f"{API}/auth/oauth/github/callback", {"code": "c", "state": away["state"]})
        return str(answer["Location"])

    return go


def test_success(come: Callable[[], str], github: ScriptedProvider, browser: JsonClient) -> None:
    assert browser.post(f"{API}/auth/oauth/exchange", {"code": code_of(come())}).status_code == 200
    user = User.objects.get()
    assert (user.email, user.name) == ("ines@example.com", "ines")
    calls = {path: (body, headers) for path, body, headers in github.seen}
    assert "code_verifier=" in calls["/login/oauth/access_token"][0]
    assert calls["/api/v3/user"][1]["Authorization"] == f"Bearer {ACCESS_TOKEN}"


@pytest.mark.parametrize(
    ("path", "answer", "code"),
    [
        ("user/emails", (200, [OTHER, GOOD | {"verified": False}]), "email_not_verified"),
        ("user/emails", (200, [OTHER]), "email_not_verified"),
        ("user/emails", (200, []), "email_not_verified"),
        ("user/emails", (200, ["ines@example.com"]), "email_not_verified"),
        ("user/emails", (200, {}), "provider_answer_invalid"),
        ("user/emails", (404, {}), "provider_unavailable"),
        ("user", (200, {"login": "ines"}), "provider_answer_invalid"),
        ("user", (200, {"id": True}), "provider_answer_invalid"),
    ],
    ids=["unverified", "no-primary", "none", "text", "object", "refused", "no-id", "odd-id"],
)
def test_refused(come: Callable[[], str], github: ScriptedProvider, path: str, answer: Any, code: str) -> None:
    github.answers[f"/api/v3/{path}"] = answer
    assert query_of(come())["error"] == code
    assert not User.objects.exists()


def test_a_code_that_github_did_not_give(come: Callable[[], str], github: ScriptedProvider) -> None:
    """It says so with a 200."""
    github.answers["/login/oauth/access_token"] = (200, {"error": "bad_verification_code"})
    assert query_of(come())["error"] == "sign_in_expired"
