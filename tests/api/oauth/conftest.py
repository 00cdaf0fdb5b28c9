"""Signing in by a provider: a real one (oidc-provider, in Node.js), one that misbehaves as it is told, and the
person who goes from one to the other.
"""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from accounts.providers import ProviderConfig
from tests.api.oauth.scripted import ScriptedProvider
from tests.factories import JsonClient

API = "/v1/api"
HOME = "http://localhost:8080"
SCRIPT = Path(__file__).resolve().parents[2] / "e2e" / "openid_provider.mjs"


def config_of(url: str, **changes: Any) -> ProviderConfig:
    values: dict[str, Any] = {
        "kind": "openid",
        "name": "sso",
        "display_name": "Our company",
        "icon": "openid",
        "url": url,
        "client_id": "sailcloth",
        "client_secret": "canary-client-secret",
    }
    return ProviderConfig(**values | changes)


@pytest.fixture(scope="session")
def real_provider() -> Iterator[ProviderConfig]:
    """A process of its own; it ends with its standard input."""
    child = subprocess.Popen(
        ["node", str(SCRIPT), f"{HOME}{API}/auth/oauth/sso/callback"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    said = json.loads(child.stdout.readline())
    yield config_of(said["issuer"], client_secret=said["client_secret"])
    child.stdin.close()
    child.wait(timeout=10)


@pytest.fixture
def real(real_provider: ProviderConfig, settings: Any) -> ProviderConfig:
    """The installation offers it."""
    settings.PUBLIC_URL = HOME
    settings.OAUTH_PROVIDERS = [real_provider]
    return real_provider


@pytest.fixture
def scripted(settings: Any) -> Iterator[ScriptedProvider]:
    """The installation offers it; a test says how it misbehaves."""
    with ScriptedProvider() as provider:
        settings.PUBLIC_URL = HOME
        settings.OAUTH_PROVIDERS = [config_of(provider.url)]
        yield provider


@pytest.fixture
def browser() -> JsonClient:
    """Keeps cookies, and says that it is our front end."""
    return JsonClient(HTTP_X_SAILCLOTH_BROWSER="1")


def sign_in_there(address: str, login: str) -> str:
    """A person at the provider: fills in what is asked for, and comes back with the address that leads home."""
    with httpx.Client(follow_redirects=False, timeout=10) as person:
        answer = person.get(address)
        for _ in range(20):
            location = answer.headers.get("Location", "")
            if location.startswith(HOME):
                return location
            if location:
                answer = person.get(httpx.URL(str(answer.url)).join(location))
                continue
            action = re.search(r'action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert action, answer.text
            assert prompt, answer.text
            answer = person.post(
                httpx.URL(str(answer.url)).join(action[1]),
                data={"prompt": prompt[1], "login": login, "password": "anything"},
            )
    raise AssertionError("the provider does not let go")


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def code_of(address: str) -> str:
    """The one-time code of the address that the callback led to."""
    parts = urlsplit(address)
    assert parts.path in ("/oauth/callback", "/settings/linked-accounts"), address
    return dict(parse_qsl(parts.fragment))["code"]


def path_of(address: str) -> str:
    """Within our own installation."""
    assert address.startswith(HOME), address
    return address.removeprefix(HOME)


@pytest.fixture
def arrive(browser: JsonClient) -> Callable[..., str]:
    """`arrive("ines")` goes to the real provider and back; gives the address that the callback led to."""

    def go(login: str, query: str = "", client: JsonClient = browser) -> str:
        away = client.get(f"{API}/auth/oauth/sso/authorize{query}")
        assert away.status_code == 302
        back = client.get(path_of(sign_in_there(away["Location"], login)))
        assert back.status_code == 302
        return str(back["Location"])

    return go
