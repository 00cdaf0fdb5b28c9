"""A provider that lies, hangs, floods or leads astray; and what of it nobody may see."""

import base64
import hashlib
import logging
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management import call_command

from accounts.models import Arrival, Session, User
from accounts.providers import BadProvider
from audit.models import AuditEntry
from tests.api.oauth.conftest import API, code_of, config_of, path_of, query_of
from tests.api.oauth.scripted import ACCESS_TOKEN, ScriptedProvider
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db
Come = Callable[[], str]


@pytest.fixture
def come(browser: JsonClient, scripted: ScriptedProvider) -> Come:
    """There and back; gives the address that the callback led to."""

    def go() -> str:
        away = browser.get(f"{API}/auth/oauth/sso/authorize")["Location"]
        if urlsplit(away).path == "/sign-in":
            return str(away)
        scripted.nonce, scripted.challenge = query_of(away)["nonce"], query_of(away)["code_challenge"]
        back = browser.get(f"{API}/auth/oauth/sso/callback", {"code": "canary-code", "state": query_of(away)["state"]})
        assert back.status_code == 302
        return str(back["Location"])

    return go


def s256(verifier: str) -> str:
    """RFC 7636, section 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def refused(address: str, code: str) -> None:
    assert path_of(address) == f"/sign-in?error={code}&provider=sso"
    assert not Arrival.objects.exists()
    assert not User.objects.exists()
    assert not Session.objects.exists()


def test_when_all_is_well(come: Come, scripted: ScriptedProvider, browser: JsonClient) -> None:
    assert browser.post(f"{API}/auth/oauth/exchange", {"code": code_of(come())}).status_code == 200
    _path, body, headers = next(each for each in scripted.seen if each[0] == "/token")
    verifier = dict(parse_qsl(body))["code_verifier"]
    assert s256(verifier) == scripted.challenge, "the one that the challenge was made of"
    assert headers["Authorization"].startswith("Basic ")
    assert User.objects.get().name == "Ines"


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "of-another"},
        {"nonce": None},
        {"aud": "somebody-else"},
        {"aud": ["sailcloth", "other"]},
        {"azp": "somebody-else"},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": 1_000_000_000},
        {"sub": None},
        {"sub": ["42"]},
        {"nbf": {}},
        {"iat": "x"},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=[
        "nonce", "no-nonce", "audience", "two-audiences", "authorized-party", "issuer", "expired", "no-expiry", "old",
        "no-subject", "list-subject", "odd-start", "odd-time", "hash",
    ],
)  # fmt: skip
def test_an_id_token_that_does_not_fit(come: Come, scripted: ScriptedProvider, changes: dict[str, Any]) -> None:
    scripted.claims = changes
    refused(come(), "provider_answer_invalid")


def test_a_signature_of_somebody_else(come: Come, scripted: ScriptedProvider) -> None:
    scripted.answers["/jwks"] = scripted._standard("/jwks")
    scripted.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    refused(come(), "provider_answer_invalid")


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_signature_that_is_none(come: Come, scripted: ScriptedProvider, algorithm: str) -> None:
    claims = {"iss": scripted.url, "sub": "42", "aud": "sailcloth", "iat": int(time.time()), "exp": 9_999_999_999}

    def token(handler: BaseHTTPRequestHandler) -> None:
        key = "canary-client-secret-canary-client-secret" if algorithm == "HS256" else None
        text = jwt.encode(claims | {"nonce": scripted.nonce}, key, algorithm=algorithm, headers={"kid": "one"})
        answer(handler, b'{"access_token": "x", "token_type": "Bearer", "id_token": "%s"}' % text.encode())

    scripted.answers["/token"] = token
    refused(come(), "provider_answer_invalid")


@pytest.mark.parametrize(
    ("info", "code"),
    [
        ({"email_verified": False}, "email_not_verified"),
        ({"email_verified": "false"}, "email_not_verified"),
        ({"email_verified": 1}, "email_not_verified"),
        ({"email_verified": None}, "email_not_verified"),
        ({"email": None}, "email_not_verified"),
        ({"email": "not an address"}, "email_not_verified"),
        ({"email": "x" * 250 + "@example.com"}, "email_not_verified"),
        ({"sub": "somebody-else"}, "provider_answer_invalid"),
        ({"sub": None}, "provider_answer_invalid"),
    ],
    ids=["no", "word-no", "number", "null", "none", "nonsense", "long", "another", "nobody"],
)
def test_user_info_that_does_not_fit(come: Come, scripted: ScriptedProvider, info: dict[str, Any], code: str) -> None:
    scripted.info |= info
    refused(come(), code)


def test_a_hostile_name(come: Come, scripted: ScriptedProvider, browser: JsonClient) -> None:
    scripted.info |= {"name": "\x00<b>I\u202enes\n" + "x" * 5000, "email": " INES@Example.com "}
    browser.post(f"{API}/auth/oauth/exchange", {"code": code_of(come())})
    user = User.objects.get()
    assert user.email == "ines@example.com"
    assert user.name.startswith("<b>Inesxxx")
    assert len(user.name) == 200


@pytest.mark.parametrize(
    ("path", "answer_of"),
    [
        ("/.well-known/openid-configuration", (200, b"<html>")),
        ("/.well-known/openid-configuration", (200, [])),
        ("/.well-known/openid-configuration", (302, "http://169.254.169.254/")),
        ("/token", (200, b"nonsense")),
        ("/token", (200, {})),
        ("/token", (200, ["x"])),
        ("/token", (200, {"access_token": "x", "id_token": "not.a.token"})),
        ("/token", (307, "http://169.254.169.254/")),
        ("/jwks", (200, {"keys": "x"})),
        ("/jwks", (200, {"keys": [{"kid": "one", "kty": "x"}]})),
        ("/userinfo", (200, ["x"])),
        ("/userinfo", (200, b"\xff")),
    ],
    ids=[
        "document-html", "document-list", "document-redirect", "token-text", "token-empty", "token-list",
        "token-nonsense", "token-redirect", "keys-text", "keys-nonsense", "info-list", "info-bytes",
    ],
)  # fmt: skip
def test_an_answer_that_is_none(come: Come, scripted: ScriptedProvider, path: str, answer_of: Any) -> None:
    scripted.answers[path] = answer_of
    refused(come(), "provider_answer_invalid")


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/userinfo"])
@pytest.mark.parametrize("status", [500, 503, 429, 404])
def test_a_provider_that_fails(come: Come, scripted: ScriptedProvider, path: str, status: int) -> None:
    scripted.answers[path] = (status, {"message": "canary-message"})
    refused(come(), "provider_unavailable")


def test_a_client_that_the_provider_does_not_know(come: Come, scripted: ScriptedProvider) -> None:
    scripted.answers["/token"] = (401, {"error": "invalid_client", "error_description": "canary-description"})
    refused(come(), "provider_misconfigured")


class TestTime:
    """Whatever a provider does, the person is back within the bound."""

    @pytest.fixture(autouse=True)
    def _bound(self, settings: Any) -> None:
        settings.OAUTH_TIMEOUT_SECONDS = 0.5

    def ends(self, come: Come) -> None:
        begun = time.monotonic()
        refused(come(), "provider_unavailable")
        assert time.monotonic() - begun < 3

    @pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks", "/userinfo"])
    def test_it_hangs(self, come: Come, scripted: ScriptedProvider, path: str) -> None:
        scripted.answers[path] = lambda handler: time.sleep(4)
        self.ends(come)

    @pytest.mark.parametrize("length", [b"", b"Content-Length: 1000\r\n"], ids=["open", "promised"])
    def test_it_trickles(self, come: Come, scripted: ScriptedProvider, length: bytes) -> None:
        def trickle(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n")
            drip(handler, b"{")

        scripted.answers["/token"] = trickle
        self.ends(come)

    def test_its_headers_trickle(self, come: Come, scripted: ScriptedProvider) -> None:
        def trickle(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            drip(handler, b"x")

        scripted.answers["/token"] = trickle
        self.ends(come)

    def test_it_floods(self, come: Come, scripted: ScriptedProvider) -> None:
        scripted.answers["/token"] = (200, b"x" * (2 * 1024 * 1024))
        self.ends(come)

    def test_nobody_listens(self, browser: JsonClient, settings: Any, unused_tcp_port: int) -> None:
        settings.OAUTH_PROVIDERS = [config_of(f"http://127.0.0.1:{unused_tcp_port}")]
        answer = browser.get(f"{API}/auth/oauth/sso/authorize")
        assert query_of(answer["Location"])["error"] == "provider_unavailable"


class TestWhereCallsMayGo:
    """The document's addresses are the provider's, and pass the guard as its own does."""

    def test_a_private_network(self, come: Come, scripted: ScriptedProvider, settings: Any) -> None:
        settings.ALLOWED_NETWORKS = []
        refused(come(), "provider_unavailable")
        assert scripted.seen == []

    @pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri", "userinfo_endpoint"])
    def test_a_metadata_service(self, come: Come, scripted: ScriptedProvider, settings: Any, name: str) -> None:
        settings.ALLOWED_NETWORKS = ["0.0.0.0/0"]
        scripted.document = {name: "http://169.254.169.254/latest/meta-data"}
        refused(come(), "provider_unavailable")

    def test_a_document_of_somebody_else(self, come: Come, scripted: ScriptedProvider) -> None:
        scripted.document = {"issuer": "https://accounts.example.com"}
        refused(come(), "provider_answer_invalid")

    @pytest.mark.parametrize(
        "url",
        ["http://login.example.com", "ftp://localhost", "https://", "https://login.example.com?x", "login.example.com"],
    )
    def test_an_address_that_cannot_be_one(self, url: str) -> None:
        with pytest.raises(BadProvider, match="https://"):
            config_of(url)


def test_nothing_secret_is_seen_anywhere(
    come: Come, scripted: ScriptedProvider, browser: JsonClient, caplog: pytest.LogCaptureFixture, capsys: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    scripted.claims = {"canary": "canary-claim"}
    home = come()
    answer = browser.post(f"{API}/auth/oauth/exchange", {"code": code_of(home)})
    seen += [home, answer.content.decode(), str(browser.cookies)]
    scripted.answers["/token"] = (400, {"error": "invalid_grant", "error_description": "canary-description"})
    seen.append(come())
    scripted.answers["/token"] = (500, f"canary-body {ACCESS_TOKEN}".encode())
    seen.append(come())
    seen.append(repr(config_of(scripted.url)))
    seen += [repr(each.detail) for each in AuditEntry.objects.all()]
    seen.append(caplog.text + "".join(str(vars(record)) for record in caplog.records))
    call_command("dumpdata")
    seen.append(capsys.readouterr().out)
    assert "invalid_grant" not in "".join(seen)
    assert scripted.nonce not in "".join(seen[:-1])
    for secret in ("canary-client-secret", ACCESS_TOKEN, "canary-code", "canary-claim", "canary-desc", "canary-body"):
        assert not [text for text in seen if secret in text], secret
    assert code_of(home) not in "".join(seen[1:])
    assert "ines@example.com" in seen[-1]  # The dump is one.
    assert "sign-in by a provider failed" in caplog.text


def drip(handler: BaseHTTPRequestHandler, byte: bytes) -> None:
    for _ in range(40):
        try:
            handler.wfile.write(byte)
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.1)


def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
