"""A tiny API server for faults, with certificates of every kind, and gateways that are quick to lose patience."""

import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from clusters.kube.connection import Connection
from clusters.kube.direct import DirectGateway
from clusters.kube.transport import Timeouts
from plugins.sdk.capabilities import ServedKind

LOOPBACK = ("127.0.0.0/8", "::1/128")
CONFIG_MAP = ServedKind(group="", version="v1", kind="ConfigMap", resource="configmaps", namespaced=True)
SECRET = ServedKind(group="", version="v1", kind="Secret", resource="secrets", namespaced=True)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Certificates:
    """An authority, and files of what it signed: for 127.0.0.1 and localhost, for elsewhere, for a client."""

    folder: Path
    ca_pem: str = ""
    client_certificate: str = ""
    client_key: str = ""
    other_key: str = ""

    def context(self, name: str = "server") -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.crt", self.folder / f"{name}.key")
        return context


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    made = Certificates(tmp_path_factory.mktemp("pki"))
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca = _certificate("Test authority", ca_key, "Test authority", ca_key, ca=True)
    made.ca_pem = _pem(ca)
    here = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    for name, alternatives in (("server", here), ("elsewhere", [x509.DNSName("elsewhere.example")]), ("client", [])):
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _certificate(name, key, "Test authority", ca_key, alternatives)
        chain = _pem(leaf) + (made.ca_pem if name == "elsewhere" else "")
        (made.folder / f"{name}.crt").write_text(chain)
        (made.folder / f"{name}.key").write_text(_key_pem(key))
    made.client_certificate = (made.folder / "client.crt").read_text()
    made.client_key = (made.folder / "client.key").read_text()
    made.other_key = _key_pem(ec.generate_private_key(ec.SECP256R1()))
    return made


def _certificate(subject, key, issuer, issuer_key, alternatives=(), *, ca=False):
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@dataclass
class FaultServer:
    """`answer` is what it does; `seen` are the requests it got, as "METHOD path"."""

    certificates: Certificates
    answer: Handler | None = None
    port: int = 0
    seen: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)
    _runners: list[web.AppRunner] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    async def start(self, context: ssl.SSLContext | None) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        self.port = runner.addresses[0][1]
        self._runners.append(runner)

    async def stop(self) -> None:
        for runner in self._runners:
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(f"{request.method} {request.path_qs}")
        self.headers.append(dict(request.headers))
        self.bodies.append(await request.text())
        peer = request.transport.get_extra_info("peercert") if request.transport else None
        self.clients.append(str(peer or ""))
        assert self.answer is not None
        return await self.answer(request)


@pytest.fixture
async def server(certificates: Certificates) -> AsyncIterator[FaultServer]:
    made = FaultServer(certificates)
    await made.start(certificates.context())
    yield made
    await made.stop()


@pytest.fixture
async def make_gateway(certificates: Certificates) -> AsyncIterator[Callable[..., DirectGateway]]:
    """`make_gateway(url, **changes of the connection)`; closed afterwards."""
    made: list[DirectGateway] = []

    def make(url: str, *, timeouts: Timeouts | None = None, lookup=None, bucket=None, **changes) -> DirectGateway:
        settings = {"ca_data": certificates.ca_pem, "token": "s3cr3t-token", "allowed_networks": LOOPBACK, **changes}
        more = {"lookup": lookup} if lookup else {}
        quick = timeouts or Timeouts(connect=1.0, read=1.0, total=2.0)
        made.append(DirectGateway(Connection(server=url, **settings), timeouts=quick, bucket=bucket, **more))
        return made[-1]

    yield make
    for gateway in made:
        await gateway.close()


@pytest.fixture
def gateway(server: FaultServer, make_gateway: Callable[..., DirectGateway]) -> DirectGateway:
    return make_gateway(server.url)


def status(code: int, reason: str, message: str, **details) -> web.Response:
    """A Status, as an API server sends it."""
    document = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason}
    return web.json_response({**document, "message": message, "details": details}, status=code)
