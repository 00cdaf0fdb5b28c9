"""Hostile kubeconfigs are refused by name, and credentials are found nowhere."""

import base64
import logging
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.apps import apps
from django.db import connection

from clusters.models import Cluster
from tests.factories import JsonClient

pytestmark = pytest.mark.django_db

API = "/v1/api/clusters"
CANARY = "canary-9f8e7d6c5b4a"


def identity(common_name: str) -> tuple[str, str]:
    """A client certificate and its key, PEM."""
    import datetime as dt

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), key_pem.decode()


def changed(text: str, path: str, value: Any) -> str:
    """The kubeconfig with one entry of the cluster or user set."""
    document = yaml.safe_load(text)
    plural, _, key = path.partition(".")
    document[plural][0][plural.removesuffix("s")][key] = value
    return yaml.safe_dump(document)


class TestKubeconfig:
    def refused(self, client: JsonClient, kubeconfig: str, **more: Any) -> dict[str, Any]:
        answer = client.post(API, {"name": "home", "auth_type": "kubeconfig", "kubeconfig": kubeconfig, **more})
        body = answer.json()
        assert (answer.status_code, body["code"]) == (400, "bad_kubeconfig"), body
        assert set(body["fields"]) == {"kubeconfig"}
        assert "\n" not in body["error"]
        assert CANARY not in answer.content.decode()
        assert not Cluster.objects.exists()
        return dict(body)

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("users.exec", {"command": "sh", "args": ["-c", f"echo {CANARY}"]}),
            ("users.auth-provider", {"name": "gcp", "config": {"token": CANARY}}),
            ("users.tokenFile", f"/etc/{CANARY}"),
            ("users.client-certificate", f"/etc/{CANARY}"),
            ("users.client-key", f"/etc/{CANARY}"),
            ("users.username", CANARY),
            ("users.password", CANARY),
            ("users.as", CANARY),
            ("users.surprise", CANARY),
            ("clusters.certificate-authority", f"/etc/{CANARY}"),
            ("clusters.proxy-url", f"http://{CANARY}:8080"),
            ("clusters.insecure-skip-tls-verify", True),
        ],
    )
    def test_what_is_refused_is_named(self, client: JsonClient, practice: Any, path: str, value: Any) -> None:
        body = self.refused(client, changed(practice.kubeconfig(), path, value))
        key = path.partition(".")[2]
        assert key in body["error"]
        assert body["details"]["field"].endswith(f".{key}")

    @pytest.mark.parametrize("server", ["http://127.0.0.1:6443", f"https://me:{CANARY}@127.0.0.1", "file:///etc", ""])
    def test_its_server(self, client: JsonClient, practice: Any, server: str) -> None:
        body = self.refused(client, changed(practice.kubeconfig(), "clusters.server", server))
        assert "server" in body["error"]

    def test_a_server_that_is_never_connected_to(self, client: JsonClient, practice: Any) -> None:
        text = changed(practice.kubeconfig(), "clusters.server", "https://169.254.169.254")
        answer = client.post(API, {"name": "home", "auth_type": "kubeconfig", "kubeconfig": text})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["server"])

    @pytest.mark.parametrize(
        "text",
        [
            "just text",
            "[]",
            "{}",
            "kind: Pod",
            "a: &a [1]\nb: [*a, *a]",
            "users: !!python/object/apply:os.system ['true']",
            "\x00",
            "{" * 1000,
        ],
    )
    def test_what_is_none(self, client: JsonClient, text: str) -> None:
        answer = client.post(API, {"name": "home", "auth_type": "kubeconfig", "kubeconfig": text})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["kubeconfig"])

    def test_an_alias_bomb(self, client: JsonClient) -> None:
        lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
        for old, new in zip("abcdefgh", "bcdefghi", strict=True):
            lines.append(f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]")
        self.refused(client, "\n".join(lines))

    def test_too_long(self, client: JsonClient) -> None:
        answer = client.post(API, {"name": "home", "auth_type": "kubeconfig", "kubeconfig": "#" * 600_000})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["kubeconfig"])

    def test_contexts(self, client: JsonClient, practice: Any) -> None:
        assert "nowhere" in self.refused(client, practice.kubeconfig(), context="broken")["error"]
        assert "missing" in self.refused(client, practice.kubeconfig(), context="missing")["error"]
        body = {"name": "home", "auth_type": "kubeconfig", "kubeconfig": practice.kubeconfig(), "context": "here"}
        assert client.post(API, body).json()["status"] == "connected"

    def test_other_fields_do_not_matter(self, client: JsonClient, practice: Any) -> None:
        body = {"name": "home", "auth_type": "kubeconfig", "kubeconfig": practice.kubeconfig(), "token": "unused"}
        assert client.post(API, body).json()["status"] == "connected"


class TestClientCertificate:
    def test_kept_and_used(self, client: JsonClient, practice: Any) -> None:
        certificate, key = identity("somebody")
        encoded = base64.b64encode(key.encode()).decode()
        body = {
            "name": "home",
            "server": practice.url,
            "auth_type": "client_certificate",
            "client_certificate_data": certificate,
            "client_key_data": encoded,
            "ca_data": base64.b64encode(practice.ca.encode()).decode(),
        }
        answer = client.post(API, body)
        # The practice cluster knows tokens only, and says so.
        assert (answer.status_code, answer.json()["status"]) == (201, "unauthorized")
        assert answer.json()["ca_data"] == practice.ca

    def test_one_without_the_other(self, client: JsonClient, practice: Any) -> None:
        certificate, key = identity("somebody")
        body = {"name": "home", "server": practice.url, "auth_type": "client_certificate"}
        for given, field in (
            ({"client_certificate_data": certificate}, "client_key_data"),
            ({"client_key_data": key}, "client_certificate_data"),
            ({"client_certificate_data": certificate, "client_key_data": identity("x")[1]}, "client_key_data"),
            ({"client_certificate_data": certificate, "client_key_data": "garbage"}, "client_key_data"),
            ({"client_certificate_data": key, "client_key_data": key}, "client_certificate_data"),
        ):
            answer = client.post(API, body | given)
            assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])

    def test_a_protected_key(self, client: JsonClient, practice: Any) -> None:
        certificate, plain = identity("somebody")
        key = serialization.load_pem_private_key(plain.encode(), None)
        locked = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"password"),
        ).decode()
        answer = client.post(
            API,
            {
                "name": "home",
                "server": practice.url,
                "auth_type": "client_certificate",
                "client_certificate_data": certificate,
                "client_key_data": locked,
            },
        )
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["client_key_data"])


def dump() -> bytes:
    """Every row of every table, as the database has it."""
    found = []
    with connection.cursor() as cursor:
        for table in {model._meta.db_table for model in apps.get_models(include_auto_created=True)}:
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for row in cursor for v in row]
    return b"\n".join(found)


def test_credentials_are_found_nowhere(client: JsonClient, practice: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Not in an answer, a log record, an event, an audit entry, nor any other column of any table."""
    caplog.set_level(logging.DEBUG)
    certificate, key = identity(CANARY)
    key_line = key.splitlines()[1]
    encoded_line = base64.b64encode(key.encode()).decode()[40:80]
    kubeconfig = practice.kubeconfig(token=f"{CANARY}-in-file")
    token = {"token": f"{CANARY}-token"}
    pair = {"client_certificate_data": certificate, "client_key_data": key}
    inside = {"client-certificate-data": base64.b64encode(certificate.encode()).decode()}
    inside["client-key-data"] = base64.b64encode(key.encode()).decode()
    broken = changed(practice.kubeconfig(token=f"{CANARY}-broken"), "users.exec", {"command": CANARY})
    answers = [
        client.post(API, practice.by_token("a", **token), headers={"Idempotency-Key": "k"}),
        client.post(API, practice.by_token("a", **token), headers={"Idempotency-Key": "k"}),
        client.post(API, practice.by_token("a", **token)),
        client.post(API, practice.by_token("b", auth_type="client_certificate", token=None, **pair)),
        client.post(API, {"name": "c", "auth_type": "kubeconfig", "kubeconfig": kubeconfig}),
        client.post(API, {"name": "d", "auth_type": "kubeconfig", "kubeconfig": practice.kubeconfig(**inside)}),
        client.post(API, {"name": "e", "auth_type": "kubeconfig", "kubeconfig": broken}),
        client.post(API, {"name": "f", "auth_type": "kubeconfig", "kubeconfig": f"{kubeconfig}\n: {CANARY}: ["}),
        client.post(API, practice.by_token("g", token=f"{CANARY} with blanks")),
        client.post(API, practice.by_token("h", auth_type="client_certificate", client_key_data=CANARY)),
        client.put(f"{API}/a/credentials", {"token": f"{CANARY}-new"}),
        client.put(f"{API}/a", {"server": "https://localhost:1", **token}),
        client.post(f"{API}/a/test"),
        client.get(f"{API}/a/status"),
        client.get(f"{API}/a/logs"),
        client.get(f"{API}/b"),
        client.get(f"{API}/default"),
        client.get(API),
        client.get("/v1/api/audit"),
        client.delete(f"{API}/c"),
    ]
    assert [answer.status_code for answer in answers] == [
        201, 201, 409, 201, 201, 201, 400, 400, 400, 400, 400, 200, 200, 200, 200, 200, 200, 200, 200, 200,
    ]  # fmt: skip
    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    stored = dump()
    for secret in (CANARY, key_line, encoded_line):
        for answer in answers:
            assert secret not in answer.content.decode(), answer.request["PATH_INFO"]
            assert secret not in str(answer.headers)
        assert secret not in logged
        assert secret.encode() not in stored
    # It is there all the same, and only the vault's key opens it.
    assert Cluster.objects.filter(credentials__isnull=False).count() == 3


def test_a_server_that_repeats_what_it_was_sent(client: JsonClient, practice: Any) -> None:
    """An API server may quote the token in its refusal: it is hidden before anybody sees it."""
    from aiohttp import web

    from clusters.practice import certs

    async def echo(request: web.Request) -> web.Response:
        message = f"no: {request.headers.get('Authorization')}"
        return web.json_response({"kind": "Status", "message": message, "code": 401}, status=401)

    async def start() -> tuple[web.AppRunner, int]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", echo)
        runner = web.AppRunner(app)
        await runner.setup()
        _, context = certs.ensure(practice.server.data_dir / "pki", "127.0.0.1")
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        return runner, site._server.sockets[0].getsockname()[1]

    runner, port = practice.run(start())
    answer = client.post(API, practice.by_token(server=f"https://127.0.0.1:{port}", token=CANARY))
    practice.run(runner.cleanup())
    assert (answer.status_code, answer.json()["status"]) == (201, "unauthorized")
    assert "[hidden]" in answer.json()["error"]
    assert CANARY not in answer.content.decode()
    assert CANARY.encode() not in dump()
