"""Providers as the environment describes them."""

import json

import pytest
from pydantic import ValidationError

from accounts.providers import BadProvider
from config.env import Environment
from config.sign_in import providers

SSO = {"name": "sso", "issuer": "https://login.example.com/", "client_id": "a", "client_secret": "canary-secret"}


def made(monkeypatch: pytest.MonkeyPatch, **values: str) -> Environment:
    for name, value in values.items():
        monkeypatch.setenv(f"SAILCLOTH_OAUTH_{name}", value)
    return Environment()


def test_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert providers(made(monkeypatch)) == []


def test_all_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    env = made(
        monkeypatch,
        GITHUB_ID="gh",
        GITHUB_SECRET="canary-secret",
        GITLAB_ID="gl",
        GITLAB_SECRET="canary-secret",
        GITLAB_URL="https://git.example.com/",
        GOOGLE_ID="go",
        GOOGLE_SECRET="canary-secret",
        OIDC=json.dumps([SSO, SSO | {"name": "two", "display_name": "Two", "icon": "key", "scopes": ["groups"]}]),
        DOMAINS="example.com, example.org",
    )
    found = providers(env)
    assert [(each.kind, each.name, each.url) for each in found] == [
        ("github", "github", "https://github.com"),
        ("openid", "gitlab", "https://git.example.com"),
        ("openid", "google", "https://accounts.google.com"),
        ("openid", "sso", "https://login.example.com"),
        ("openid", "two", "https://login.example.com"),
    ]
    assert [each.display_name for each in found] == ["GitHub", "GitLab", "Google", "sso", "Two"]
    assert env.oauth_domains == ["example.com", "example.org"]
    assert "canary-secret" not in repr(found) + repr(env)


def test_by_half(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadProvider, match="github needs both"):
        providers(made(monkeypatch, GITHUB_ID="gh"))


@pytest.mark.parametrize("name", ["", "Sso", "a/b", "-a", "x" * 33])
def test_a_bad_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with pytest.raises(BadProvider, match="name"):
        providers(made(monkeypatch, OIDC=json.dumps([SSO | {"name": name}])))


def test_one_name_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadProvider, match="name of its own"):
        providers(made(monkeypatch, OIDC=json.dumps([SSO, SSO])))


@pytest.mark.parametrize("text", ['[{"name": "x"}]', json.dumps([SSO | {"secret": "x"}])], ids=["missing", "unknown"])
def test_entries_that_do_not_fit(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    with pytest.raises(ValidationError):
        made(monkeypatch, OIDC=text)
